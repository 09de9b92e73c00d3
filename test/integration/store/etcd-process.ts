// A real etcd of a test's own: private data directory, free loopback ports, gone with the test.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export interface EtcdProcess {
  readonly endpoint: string
  readonly port: number
  /** Starts it (again) on the same data and ports; resolves when it serves. */
  start(): Promise<void>
  /** Resolves when it is gone. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  freeze(): void
  thaw(): void
  /** Copies its data aside while it is stopped, and puts it back. */
  save(): Promise<void>
  restore(): Promise<void>
}

export const startEtcd = async (t: Test, flags: readonly string[] = [], scheme: 'http' | 'https' = 'http'): Promise<EtcdProcess> => {
  const root = await mkdtemp(join(tmpdir(), 'wherry-etcd-'))
  const data = join(root, 'data')
  const [port, peerPort] = [await freePort(), await freePort()]
  const endpoint = `${scheme}://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    const running = child
    child = undefined
    if (running?.exitCode !== null || running.signalCode !== null) return
    const gone = once(running, 'exit')
    running.kill(signal)
    await gone
  }
  const start = async (): Promise<void> => {
    const process = spawn(
      '/usr/bin/etcd',
      [
        '--name',
        'test',
        '--data-dir',
        data,
        '--unsafe-no-fsync',
        '--logger',
        'zap',
        '--listen-client-urls',
        endpoint,
        '--advertise-client-urls',
        endpoint,
        '--listen-peer-urls',
        `http://127.0.0.1:${peerPort}`,
        '--initial-advertise-peer-urls',
        `http://127.0.0.1:${peerPort}`,
        '--initial-cluster',
        `test=http://127.0.0.1:${peerPort}`,
        ...flags,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    child = process
    let output = ''
    await new Promise<void>((resolve, reject) => {
      process.stderr.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-20_000)
        if (output.includes('serving client traffic')) resolve()
      })
      process.once('exit', code => reject(new Error(`etcd exited with ${code}: ${output.slice(-2000)}`)))
      process.once('error', reject)
    })
  }
  t.teardown(async () => {
    child?.kill('SIGCONT')
    await stop('SIGKILL')
    await rm(root, { recursive: true, force: true })
  })
  await start()
  return {
    endpoint,
    port,
    start,
    stop,
    freeze: () => {
      child?.kill('SIGSTOP')
    },
    thaw: () => {
      child?.kill('SIGCONT')
    },
    save: () => cp(data, join(root, 'saved'), { recursive: true }),
    restore: async () => {
      await rm(data, { recursive: true, force: true })
      await cp(join(root, 'saved'), data, { recursive: true })
    },
  }
}
