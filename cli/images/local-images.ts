// The two images that a cluster needs where there is no internet, made of the machine's busybox (static): the pause container that holds a
// pod's namespaces, and a small userland for the sample.
import type { ImageFile, ImageSpec } from './oci-archive.ts'

export const pauseReference = 'wherry.local/pause:1'
export const helloReference = 'wherry.local/hello:1'

// First process of every pod, so: ends on TERM (the kernel ignores signals without a handler here), reaps whatever is orphaned in a shared
// process namespace (`jobs` waits for any child), and else sleeps in a read from a pipe that nobody writes.
const pauseScript = `trap 'exit 0' TERM INT
trap jobs CHLD
while :; do read -r _ <>/pipe; done
`

const architecture = (): string => (process.arch === 'x64' ? 'amd64' : process.arch)

export const toPauseImage = (busybox: Uint8Array): ImageSpec => ({
  reference: pauseReference,
  architecture: architecture(),
  files: [
    { path: 'busybox', data: busybox, mode: 0o755 },
    { path: 'pause', data: pauseScript },
    { path: 'pipe', fifo: true, mode: 0o600 },
  ],
  entrypoint: ['/busybox', 'sh', '/pause'],
})

/** `applets`: the commands that this busybox knows (`busybox --list`). */
export const toHelloImage = (busybox: Uint8Array, applets: readonly string[]): ImageSpec => {
  const directories: ImageFile[] = ['bin', 'dev', 'etc', 'home', 'proc', 'root', 'sys', 'tmp', 'usr', 'usr/bin', 'var', 'var/www'].map(path => ({
    path,
    ...(path === 'tmp' && { mode: 0o1777 }),
  }))
  return {
    reference: helloReference,
    architecture: architecture(),
    files: [
      ...directories,
      { path: 'bin/busybox', data: busybox, mode: 0o755 },
      ...applets.filter(applet => applet !== 'busybox').map(applet => ({ path: `bin/${applet}`, symlink: 'busybox' })),
      { path: 'etc/passwd', data: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' },
      { path: 'etc/group', data: 'root:x:0:\nnogroup:x:65534:\n' },
    ],
    command: ['/bin/sh'],
  }
}
