// A real registry (Debian's docker-registry) on a test host, filled over the registry protocol. containerd speaks plain HTTP to a registry
// on loopback, so a reference is 127.0.0.1:5000/NAME:TAG.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from './eventually.ts'
import type { TestHost } from './network.ts'

const port = 5000

export interface TestRegistry {
  /** 127.0.0.1:5000 */
  readonly address: string
  /** Uploads an image made of busybox under NAME:TAG (see push-image.ts); returns its full reference. */
  push(name: string, tag: string, options?: { files?: Record<string, string>; command?: string[] }): Promise<string>
  stop(): Promise<void>
}

export const createRegistry = async (
  t: { teardown(run: () => Promise<void>): unknown },
  host: Pick<TestHost, 'run' | 'spawn'>,
  /** Who alone is let in; `htpasswd` is their line of that file, with bcrypt. */
  account?: { readonly user: string; readonly password: string; readonly htpasswd: string },
): Promise<TestRegistry> => {
  const directory = await mkdtemp('/tmp/wt-registry-')
  const config = join(directory, 'config.yml')
  await writeFile(
    config,
    JSON.stringify({
      version: 0.1,
      log: { level: 'warn' },
      storage: { filesystem: { rootdirectory: join(directory, 'data') } },
      http: { addr: `127.0.0.1:${port}` },
      ...(account && { auth: { htpasswd: { realm: 'test', path: join(directory, 'htpasswd') } } }),
    }),
  )
  if (account) await writeFile(join(directory, 'htpasswd'), `${account.htpasswd}\n`)
  const authorization = account && `Basic ${Buffer.from(`${account.user}:${account.password}`).toString('base64')}`
  const child = host.spawn(['docker-registry', 'serve', config], { stdio: 'ignore' })
  const exited = new Promise(resolve => child.once('exit', resolve))
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await exited
    await rm(directory, { recursive: true, force: true })
  }
  t.teardown(stop)
  const address = `127.0.0.1:${port}`
  await eventually(() =>
    host.run(['busybox', 'wget', '-qO-', ...(authorization ? ['--header', `Authorization: ${authorization}`] : []), `http://${address}/v2/`]),
  )
  return {
    address,
    stop,
    push: async (name, tag, options = {}) => {
      await host.run([
        process.execPath,
        '--disable-warning=ExperimentalWarning',
        join(import.meta.dirname, 'push-image.ts'),
        `http://${address}`,
        name,
        tag,
        JSON.stringify({ ...options, authorization }),
      ])
      return `${address}/${name}:${tag}`
    },
  }
}
