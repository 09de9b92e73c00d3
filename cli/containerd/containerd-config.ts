// The configuration of our own containerd, as text. Everything it keeps lies under Wherry's directories, so that a Docker or containerd of
// the machine never meets it. Version 2 of the format is read by 1.6 (Debian 12), 1.7 (Debian 13) and 2.x.
import { join } from 'node:path'
import type { Paths } from '../../base/paths.ts'

export interface ContainerdOptions {
  readonly paths: Pick<Paths, 'containerd' | 'cni' | 'etc' | 'run'>
  readonly sandboxImage: string
  readonly cniBinDirs: readonly string[]
  /** Absolute paths of the OCI runtimes that are there. */
  readonly runtimes: { readonly runc?: string; readonly crun?: string }
  readonly defaultRuntime: 'runc' | 'crun'
  /** Without CAP_SYS_RESOURCE the kernel refuses to lower oom_score_adj, and every container start would fail. */
  readonly restrictOomScoreAdj: boolean
}

// What no pod uses. The snapshotters would each probe the disk at start; opt and restart act on directories outside of ours.
const disabledPlugins = [
  'io.containerd.snapshotter.v1.aufs',
  'io.containerd.snapshotter.v1.btrfs',
  'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.zfs',
  'io.containerd.snapshotter.v1.blockfile',
  'io.containerd.snapshotter.v1.erofs',
  'io.containerd.internal.v1.opt',
  'io.containerd.internal.v1.restart',
  'io.containerd.internal.v1.tracing',
  'io.containerd.tracing.processor.v1.otlp',
]

const quote = (text: string): string => JSON.stringify(text)

const toRuntime = (name: string, binary: string, stateRoot: string): string => `
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.${name}]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.${name}.options]
      BinaryName = ${quote(binary)}
      Root = ${quote(stateRoot)}
      SystemdCgroup = false
`

export const toContainerdConfig = ({ paths, sandboxImage, cniBinDirs, runtimes, defaultRuntime, restrictOomScoreAdj }: ContainerdOptions): string => `\
# Written by wherry at every start; changes are lost.
version = 2
root = ${quote(paths.containerd.root)}
state = ${quote(paths.containerd.state)}
disabled_plugins = ${JSON.stringify(disabledPlugins)}

[grpc]
  address = ${quote(paths.containerd.socket)}

[ttrpc]
  address = ${quote(`${paths.containerd.socket}.ttrpc`)}

[plugins."io.containerd.nri.v1.nri"]
  disable = true

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${quote(sandboxImage)}
  restrict_oom_score_adj = ${restrictOomScoreAdj}
  disable_tcp_service = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    conf_dir = ${quote(paths.cni.conf)}
    bin_dir = ${quote(cniBinDirs[0] ?? '/opt/cni/bin')}
    max_conf_num = 1
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = ${quote(join(paths.etc, 'certs.d'))}
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = ${quote(defaultRuntime)}
${Object.entries(runtimes)
  .map(([name, binary]) => toRuntime(name, binary, join(paths.run, name)))
  .join('')}`
