// Brings the cluster up: checks, certificates, etcd and containerd side by side, local images; then this process becomes foreground.sh,
// which keeps the two Wherry processes (docs/adr/0020). Repeating it continues where things are.
import { rm } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { toPaths, type Paths } from '../../base/paths.ts'
import { writeAtomically, type Pki } from '../../base/tls.ts'
import { awaitContainerd, ensureOwnContainerd } from '../containerd/own-containerd.ts'
import { buildLocalImages, ensureImages, readStaticBusybox } from '../images/ensure-images.ts'
import { readKeeper, readMark, readStartTicks, stopKept } from '../supervise/kept.ts'
import { StartError } from '../start-error.ts'
import { compileCache, toProcessArgv } from './become-process.ts'
import type { ClusterConfig, ClusterOptions } from './cluster-config.ts'
import { ensureClusterFiles, toClusterConfig } from './cluster-files.ts'
import { findProgram } from './machine.ts'
import { awaitEtcd, ensureOwnEtcd } from './own-etcd.ts'
import { preflight } from './preflight.ts'
import { createStages } from './stages.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** One `up` for each root. What a killed one left behind is stopped here, except containerd and etcd, which are adopted. */
const takeOver = async (paths: Paths): Promise<void> => {
  const other = await readMark(join(paths.run, 'up.pid'))
  if (other && other.pid !== process.pid)
    throw new StartError([`this cluster is already up in process ${other.pid}: stop that with "kill ${other.pid}", or remove the cluster with "npm run down"`])
  await Promise.all(['server', 'agent'].map(name => stopKept({ name, run: paths.run })))
  await rm(join(paths.run, 'notices'), { force: true })
}

const ensureContainerd = async (config: ClusterConfig, paths: Paths): Promise<string> => {
  const busybox = await readStaticBusybox()
  if (!config.containerd.own) {
    await awaitContainerd(config.containerd.socket!, 5000, 'start it, or leave --containerd-socket out')
    return `containerd at ${config.containerd.socket}`
  }
  const { started, runtime } = await ensureOwnContainerd(paths, busybox.file)
  return `containerd, with ${runtime}${started ? '' : ' (was running)'}`
}

const ensureEtcd = async (config: ClusterConfig, paths: Paths, pki: Pki): Promise<string> => {
  if (config.etcd.own) return (await ensureOwnEtcd(paths, config.etcd.port, pki)) ? 'etcd' : 'etcd (was running)'
  await awaitEtcd(config.etcd.servers[0]!, config.etcd.tls, 5000, 'start it, or leave --etcd-servers out')
  return `etcd at ${config.etcd.servers.join(', ')}`
}

/** What a start that fails or is interrupted has to end again: our etcd and containerd, where they did not run before. */
const toUndo = async (config: ClusterConfig, paths: Paths): Promise<() => Promise<void>> => {
  const own = [...(config.etcd.own ? ['etcd'] : []), ...(config.containerd.own ? ['containerd'] : [])].map(name => ({ name, run: paths.run }))
  const before = await Promise.all(own.map(kept => readKeeper(kept)))
  const started = own.filter((_, index) => !before[index])
  // Once more until none is there: one may just be starting.
  return async () => {
    while ((await Promise.all(started.map(kept => readKeeper(kept)))).some(Boolean)) await Promise.all(started.map(kept => stopKept(kept)))
  }
}

export const up = async (options: ClusterOptions, print: (line: string) => void): Promise<never> => {
  const config = await toClusterConfig(options).catch((error: unknown) => {
    throw new StartError([(error as Error).message])
  })
  const paths = toPaths(config.root)
  const since = performance.now()
  if (process.getuid?.() === 0) await takeOver(paths)
  const problems = await preflight(config, paths)
  if (problems.length > 0) throw new StartError(problems)

  const stages = createStages(print)
  stages.done(`checks: ${config.nodeName} at ${config.nodeIp}`, performance.now() - since)
  const socket = config.containerd.socket ?? paths.containerd.socket
  const undo = await toUndo(config, paths)
  const interrupted = (signal: NodeJS.Signals): void => {
    void undo().finally(() => process.exit(128 + constants.signals[signal]))
  }
  for (const signal of signals) process.once(signal, interrupted)
  try {
    const pki = await stages.run('certificates', () => ensureClusterFiles(config, paths))
    const etcd = async (): Promise<void> => {
      const begin = performance.now()
      stages.done(await ensureEtcd(config, paths, pki), performance.now() - begin)
    }
    const containerd = async (): Promise<void> => {
      const begin = performance.now()
      stages.done(await ensureContainerd(config, paths), performance.now() - begin)
      const imported = performance.now()
      const images = await buildLocalImages(await readStaticBusybox())
      if (await ensureImages(socket, images, paths.run))
        stages.done(`images: ${images.map(({ reference }) => reference).join(', ')}`, performance.now() - imported)
    }
    // Both to their end, so that none goes on starting what the other's failure ends.
    for (const result of await Promise.allSettled([etcd(), containerd()])) if (result.status === 'rejected') throw result.reason
  } catch (error) {
    await undo()
    throw error instanceof StartError ? error : new StartError([(error as Error).message])
  } finally {
    for (const signal of signals) process.off(signal, interrupted)
  }

  await writeAtomically(join(paths.run, 'up.pid'), `${process.pid} ${await readStartTicks(process.pid)}\n`)
  const sh = (await findProgram('sh'))!
  const script = join(import.meta.dirname, '..', 'supervise', 'foreground.sh')
  const env = { ...process.env, NODE_COMPILE_CACHE: compileCache(paths) }
  return process.execve!(
    sh,
    ['sh', script, paths.run, join(paths.lib, 'log'), config.etcd.own ? '1' : '0', join(paths.etc, 'cluster.json'), ...toProcessArgv()],
    env,
  )
}
