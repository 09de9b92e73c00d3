// A containerd of our own: configuration, choice of the OCI runtime, keeper. Restarting it leaves all containers running.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Paths } from '../../base/paths.ts'
import { writeAtomically } from '../../base/tls.ts'
import { cniBinDirs } from '../../cni/config.ts'
import { findPluginDir } from '../../cni/plugins.ts'
import { findProgram, hasCapSysResource } from '../cluster/machine.ts'
import { pauseReference } from '../images/local-images.ts'
import { ensureKept, readKeeper, refuseVainStarts, stopKept } from '../supervise/kept.ts'
import { toContainerdConfig } from './containerd-config.ts'

const run = promisify(execFile)

/** Runs one container with crun, in the cgroup that pods will have. It refuses hybrid cgroup hierarchies, and kernels may refuse it. */
const probeCrun = async (crun: string, busybox: string, scratch: string): Promise<boolean> => {
  const bundle = await mkdtemp(join(scratch, 'probe-'))
  const id = `wherry-probe-${process.pid}`
  try {
    await mkdir(join(bundle, 'rootfs'))
    const namespaces = ['pid', 'mount', 'ipc', 'uts', 'network'].map(type => ({ type }))
    const mounts = [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/busybox', type: 'bind', source: busybox, options: ['bind', 'ro'] },
    ]
    const process_ = { terminal: false, user: { uid: 0, gid: 0 }, args: ['/busybox', 'true'], cwd: '/', env: [] }
    const linux = { namespaces, cgroupsPath: `/${id}`, resources: { memory: { limit: 64 * 1024 * 1024 }, pids: { limit: 16 } } }
    await writeAtomically(
      join(bundle, 'config.json'),
      JSON.stringify({ ociVersion: '1.0.2', process: process_, root: { path: 'rootfs', readonly: false }, hostname: 'probe', mounts, linux }),
    )
    await run(crun, ['--root', join(bundle, 'state'), 'run', '--bundle', bundle, id], { timeout: 5000 })
    return true
  } catch {
    await run(crun, ['--root', join(bundle, 'state'), 'delete', '--force', id]).catch(() => undefined)
    return false
  } finally {
    await rm(bundle, { recursive: true, force: true })
  }
}

/** crun where it works (a pod starts a fifth faster), else runc. The answer is kept for as long as kernel and crun stay the same. */
const chooseRuntime = async (paths: Paths, crun: string | undefined, busybox: string): Promise<'runc' | 'crun'> => {
  if (crun === undefined) return 'runc'
  const [{ stdout }, kernel] = await Promise.all([run(crun, ['--version']), readFile('/proc/sys/kernel/osrelease', 'utf8')])
  const key = `${stdout.split('\n')[0]} on ${kernel.trim()}`
  const file = join(paths.lib, 'runtime')
  const [knownKey, known] = (await readFile(file, 'utf8').catch(() => '')).split('\n')
  if (knownKey === key && (known === 'runc' || known === 'crun')) return known
  const chosen = (await probeCrun(crun, busybox, paths.run)) ? 'crun' : 'runc'
  await writeAtomically(file, `${key}\n${chosen}\n`)
  return chosen
}

const canConnect = (socket: string): Promise<boolean> =>
  new Promise(resolve => {
    const connection = connect(socket)
    connection
      .once('connect', () => resolve(true))
      .once('error', () => resolve(false))
      .once('connect', () => connection.destroy())
  })

/** Resolves when something accepts connections at `socket`; rejects with one sentence after `timeoutMs`, or when `meanwhile` rejects. */
export const awaitContainerd = async (
  socket: string,
  timeoutMs: number,
  hint: string,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<void> => {
  const deadline = Date.now() + timeoutMs
  while (!(await canConnect(socket))) {
    await meanwhile()
    await delay(15)
    if (Date.now() > deadline) throw new Error(`containerd does not accept connections at ${socket} after ${timeoutMs / 1000} s: ${hint}`)
  }
}

export interface OwnContainerd {
  readonly started: boolean
  readonly runtime: 'runc' | 'crun'
}

/** Idempotent. A running one is left alone unless its configuration has to change; then it is restarted, its containers are not. */
export const ensureOwnContainerd = async (paths: Paths, busybox: string): Promise<OwnContainerd> => {
  const [runc, crun, cniBinDir, mayLowerOomScore] = await Promise.all([
    findProgram('runc'),
    findProgram('crun'),
    findPluginDir(cniBinDirs),
    hasCapSysResource(),
  ])
  const runtime = await chooseRuntime(paths, crun, busybox)
  const text = toContainerdConfig({
    paths,
    sandboxImage: pauseReference,
    cniBinDirs: [cniBinDir],
    runtimes: { ...(runc && { runc }), ...(crun && { crun }) },
    defaultRuntime: runtime,
    restrictOomScoreAdj: !mayLowerOomScore,
  })
  const kept = { name: 'containerd', run: paths.run }
  const old = await readFile(paths.containerd.config, 'utf8').catch(() => undefined)
  if (old !== text) {
    if (await readKeeper(kept)) await stopKept(kept)
    await writeAtomically(paths.containerd.config, text)
  }
  await mkdir(paths.cni.conf, { recursive: true, mode: 0o755 })
  const log = join(paths.lib, 'log', 'containerd.log')
  const started = await ensureKept(kept, log, ['containerd', '--config', paths.containerd.config])
  await awaitContainerd(paths.containerd.socket, 30_000, `see ${log}`, () => refuseVainStarts(kept, log))
  return { started, runtime }
}
