// Finds the directory that holds the CNI plugins.
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'

/** `loopback` is not in our conflist: containerd itself runs it for every sandbox. */
export const requiredPlugins = ['bridge', 'host-local', 'loopback'] as const

/** The first of `binDirs` with all plugins we need; throws naming what is missing. */
export const findPluginDir = async (binDirs: readonly string[]): Promise<string> => {
  const missing: string[] = []
  for (const dir of binDirs) {
    const absent = await Promise.all(
      requiredPlugins.map(name =>
        access(join(dir, name), constants.X_OK).then(
          () => undefined,
          () => name,
        ),
      ),
    )
    const names = absent.filter(name => name !== undefined)
    if (names.length === 0) return dir
    missing.push(`${dir} lacks ${names.join(', ')}`)
  }
  throw new Error(`no CNI plugins (${missing.join('; ')}): install them with "apt-get install containernetworking-plugins"`)
}
