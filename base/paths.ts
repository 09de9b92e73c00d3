// Where Wherry's files lie. With a root (`--root DIR`, WHERRY_ROOT) everything is under it, so that clusters can stand side by side.
import { join } from 'node:path'

export interface Paths {
  /** Configuration, certificates, admin.kubeconfig: /etc/wherry. */
  readonly etc: string
  /** Data that survives a reboot: /var/lib/wherry. */
  readonly lib: string
  /** Sockets and process files: /run/wherry. Kept short: a socket path has at most 107 bytes. */
  readonly run: string
  readonly pki: string
  readonly adminKubeconfig: string
  /** EncryptionConfiguration: the keys under which Secrets lie in etcd. */
  readonly encryption: string
  /** containerd and etcd of our own. */
  readonly containerd: { config: string; root: string; state: string; socket: string }
  readonly etcd: { data: string }
  readonly cni: { conf: string; data: string }
  /** Pod directories (volumes, etc-hosts), as upstream's /var/lib/kubelet. */
  readonly agent: string
  readonly podLogs: string
  readonly staticManifests: string
}

export const toPaths = (root?: string): Paths => {
  const [etc, lib, run] = root ? [join(root, 'etc'), join(root, 'lib'), join(root, 'run')] : ['/etc/wherry', '/var/lib/wherry', '/run/wherry']
  return {
    etc,
    lib,
    run,
    pki: join(etc, 'pki'),
    adminKubeconfig: join(etc, 'admin.kubeconfig'),
    encryption: join(etc, 'encryption.yaml'),
    containerd: { config: join(etc, 'containerd.toml'), root: join(lib, 'containerd'), state: join(run, 'containerd'), socket: join(run, 'containerd.sock') },
    etcd: { data: join(lib, 'etcd') },
    cni: { conf: join(etc, 'cni'), data: join(lib, 'cni') },
    agent: join(lib, 'agent'),
    podLogs: join(lib, 'log', 'pods'),
    staticManifests: join(etc, 'manifests'),
  }
}
