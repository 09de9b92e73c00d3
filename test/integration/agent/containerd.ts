// A containerd of a test's own: private root, state, socket, CNI data and cgroup parent, in a network namespace made for it,
// with a pause and a busybox image put together here. Needs root. `stop` leaves nothing behind.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'koffi'
import { pack } from 'tar-stream'
import { createCri, type Cri } from '../../../agent/cri/client.ts'
import { eventually } from '../../harness/eventually.ts'

export const pauseImage = 'wherry.test/pause:1'
export const busyboxImage = 'wherry.test/busybox:1'

const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

const tar = async (entries: { name: string; body?: Buffer; mode?: number; link?: string; directory?: boolean }[]): Promise<Buffer> => {
  const p = pack()
  for (const { name, body, mode = 0o644, link, directory } of entries) {
    if (link) p.entry({ name, type: 'symlink', linkname: link, mtime: new Date(0) })
    else if (directory) p.entry({ name, type: 'directory', mode, mtime: new Date(0) })
    else p.entry({ name, mode, mtime: new Date(0) }, body ?? Buffer.alloc(0))
  }
  p.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of p) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** An OCI image archive with one layer made of Debian's static busybox. */
export const busyboxArchive = async (reference: string, config: { Entrypoint?: string[]; Cmd?: string[]; User?: string }): Promise<Buffer> => {
  const applets = execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' })
    .split('\n')
    .filter(name => name && name !== 'busybox')
  const layer = await tar([
    ...['bin', 'etc', 'root', 'var', 'run', 'proc', 'sys', 'dev'].map(name => ({ name, directory: true, mode: 0o755 })),
    { name: 'tmp', directory: true, mode: 0o1777 },
    { name: 'bin/busybox', body: readFileSync('/bin/busybox'), mode: 0o755 },
    ...applets.map(name => ({ name: `bin/${name}`, link: '/bin/busybox' })),
    { name: 'etc/passwd', body: Buffer.from('root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1000::/:/bin/sh\n') },
    { name: 'etc/group', body: Buffer.from('root:x:0:\nweb:x:1000:\n') },
  ])
  const image = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Env: ['PATH=/bin'], ...config },
      rootfs: { type: 'layers', diff_ids: [sha256(layer)] },
      history: [],
    }),
  )
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: sha256(image), size: image.length },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: sha256(layer), size: layer.length }],
    }),
  )
  const index = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        {
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          digest: sha256(manifest),
          size: manifest.length,
          annotations: { 'io.containerd.image.name': reference, 'org.opencontainers.image.ref.name': reference },
        },
      ],
    }),
  )
  return tar([
    { name: 'oci-layout', body: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
    { name: 'index.json', body: index },
    ...[layer, image, manifest].map(body => ({ name: `blobs/sha256/${sha256(body).slice(7)}`, body })),
  ])
}

export interface TestContainerd {
  readonly dir: string
  readonly socket: string
  readonly netns: string
  readonly cgroupRoot: string
  readonly cri: Cri
  /** Runs a program on the host side of the namespace. */
  inside(command: string, ...args: string[]): string
  ctr(...args: string[]): string
  /** SIGKILL and a new start, as after a crash. What it runs goes on. */
  crash(): Promise<void>
  stop(): Promise<void>
}

export const startContainerd = async (): Promise<TestContainerd> => {
  const dir = mkdtempSync('/tmp/wa-')
  const netns = dir.slice('/tmp/'.length)
  const socket = join(dir, 'c.sock')
  const cgroupRoot = `/${netns}`
  mkdirSync(join(dir, 'cni'), { recursive: true })
  writeFileSync(
    join(dir, 'cni', '10-test.conflist'),
    JSON.stringify({
      cniVersion: '0.4.0',
      name: netns,
      plugins: [
        {
          type: 'bridge',
          bridge: 'wt0',
          isGateway: true,
          ipMasq: false,
          hairpinMode: true,
          ipam: { type: 'host-local', dataDir: join(dir, 'cni-data'), ranges: [[{ subnet: '10.199.0.0/24' }]], routes: [{ dst: '0.0.0.0/0' }] },
        },
      ],
    }),
  )
  writeFileSync(
    join(dir, 'config.toml'),
    `
version = 2
root = "${dir}/root"
state = "${dir}/state"
[grpc]
  address = "${socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${dir}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${dir}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      Root = "${dir}/runc"
`,
  )
  execFileSync('ip', ['netns', 'add', netns])
  // The whole test moves in: the agent dials pods and containerd's streaming server, as on a real node.
  const leave = enterNetns(netns)
  const inside = (command: string, ...args: string[]): string =>
    execFileSync('nsenter', [`--net=/run/netns/${netns}`, command, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 })
  const ctr = (...args: string[]): string =>
    execFileSync('ctr', ['-a', socket, '-n', 'k8s.io', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  inside('ip', 'link', 'set', 'lo', 'up')
  const cri = createCri(socket)
  let child: ChildProcess | undefined
  const stop = async (): Promise<void> => {
    try {
      for (const sandbox of await cri.sandboxes.list()) {
        await cri.sandboxes.stop(sandbox.id)
        await cri.sandboxes.remove(sandbox.id)
      }
    } catch {
      /* containerd may never have come up */
    }
    cri.close()
    if (child?.exitCode === null) {
      const gone = new Promise(resolve => child!.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
    }
    leave()
    execFileSync('ip', ['netns', 'delete', netns])
    for (const line of readFileSync('/proc/self/mounts', 'utf8').split('\n').reverse()) {
      const target = line.split(' ')[1]
      if (target?.startsWith(`${dir}/`)) execFileSync('umount', ['-l', target])
    }
    for (const controller of readdirSync('/sys/fs/cgroup')) removeCgroups(join('/sys/fs/cgroup', controller, netns))
    removeCgroups(join('/sys/fs/cgroup', netns))
    rmSync(dir, { recursive: true, force: true })
  }
  const launch = async (): Promise<void> => {
    const log = openSync(join(dir, 'containerd.log'), 'a')
    child = spawn('containerd', ['--config', join(dir, 'config.toml'), '--log-level', 'warn'], { stdio: ['ignore', 'ignore', log] })
    closeSync(log)
    await eventually(() => cri.runtime.version(), 20_000)
  }
  const crash = async (): Promise<void> => {
    const gone = new Promise(resolve => child!.once('exit', resolve))
    child!.kill('SIGKILL')
    await gone
    await launch()
  }
  try {
    await launch()
    for (const [reference, config] of [
      [pauseImage, { Entrypoint: ['/bin/sleep', '2147483647'] }],
      [busyboxImage, { Cmd: ['/bin/sh'] }],
    ] as const) {
      const file = join(dir, 'image.tar')
      writeFileSync(file, await busyboxArchive(reference, config as never))
      ctr('images', 'import', file)
    }
    await eventually(async () => {
      const network = (await cri.runtime.conditions()).find(({ type }) => type === 'NetworkReady')
      if (!network?.status) throw new Error(network?.message)
    }, 20_000)
  } catch (error) {
    await stop()
    throw error
  }
  return { dir, socket, netns, cgroupRoot, cri, inside, ctr, crash, stop }
}

/** Moves this process's main thread, and what it starts from now on, into a network namespace. Returns the way back. */
const enterNetns = (name: string): (() => void) => {
  const setns = load('libc.so.6').func('int setns(int, int)') as (fd: number, type: number) => number
  const newNet = 0x40000000
  const home = openSync('/proc/self/ns/net', 'r')
  const there = openSync(`/run/netns/${name}`, 'r')
  if (setns(there, newNet) !== 0) throw new Error(`setns ${name} failed`)
  closeSync(there)
  return () => {
    setns(home, newNet)
    closeSync(home)
  }
}

const removeCgroups = (path: string): void => {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) if (entry.isDirectory()) removeCgroups(join(path, entry.name))
    rmdirSync(path)
  } catch {
    /* not there, or not a cgroup of ours */
  }
}
