// An etcd of our own: one member, on loopback, with certificates of its own authority, kept by keep.sh.
import { readFile } from 'node:fs/promises'
import { get as getPlain, type IncomingMessage } from 'node:http'
import { get as getSecure } from 'node:https'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Paths } from '../../base/paths.ts'
import type { Pki, TlsFiles } from '../../base/tls.ts'
import { ensureKept, readKeeper, refuseVainStarts } from '../supervise/kept.ts'

/** Command line of the member. Its ports are not etcd's usual ones: an etcd of the machine keeps those. */
export const toEtcdArguments = (port: number, dataDir: string, server: TlsFiles): string[] => {
  const [client, peer] = [`https://127.0.0.1:${port}`, `https://127.0.0.1:${port + 1}`]
  return [
    'etcd',
    '--name=wherry',
    `--data-dir=${dataDir}`,
    '--logger=zap',
    '--log-outputs=stderr',
    '--log-level=warn',
    // A lone member elects itself: with these it leads some 0.2 s after a restart instead of up to 2 s.
    '--heartbeat-interval=50',
    '--election-timeout=250',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=wherry=${peer}`,
    '--initial-cluster-token=wherry',
    '--quota-backend-bytes=8589934592',
    '--client-cert-auth',
    `--trusted-ca-file=${server.ca}`,
    `--cert-file=${server.cert}`,
    `--key-file=${server.key}`,
    '--peer-client-cert-auth',
    `--peer-trusted-ca-file=${server.ca}`,
    `--peer-cert-file=${server.cert}`,
    `--peer-key-file=${server.key}`,
  ]
}

const askHealth = (url: string, tls: { ca: Buffer; cert: Buffer; key: Buffer } | undefined): Promise<string> =>
  new Promise((resolve, reject) => {
    const options = { ...tls, agent: false as const, timeout: 1000 }
    const onResponse = (response: IncomingMessage): void => {
      let body = ''
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => (body += chunk))
        .on('end', () => (body.includes('true') ? resolve(body) : reject(new Error(`it answers ${body}`))))
        .on('error', reject)
    }
    const request = url.startsWith('http:') ? getPlain(`${url}/health`, options, onResponse) : getSecure(`${url}/health`, options, onResponse)
    request.on('error', reject).on('timeout', () => request.destroy(new Error('it does not answer')))
  })

/** Resolves when the etcd at `url` serves; rejects with one sentence after `timeoutMs`, or when `meanwhile` rejects. */
export const awaitEtcd = async (
  url: string,
  files: TlsFiles | undefined,
  timeoutMs: number,
  hint: string,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<void> => {
  const tls = files && { ca: await readFile(files.ca), cert: await readFile(files.cert), key: await readFile(files.key) }
  const deadline = Date.now() + timeoutMs
  for (;;) {
    try {
      await askHealth(url, tls)
      return
    } catch (error) {
      if (Date.now() > deadline)
        throw new Error(`etcd at ${url} is not healthy after ${timeoutMs / 1000} s (${(error as Error).message}): ${hint}`, { cause: error })
    }
    await meanwhile()
    await delay(15)
  }
}

/** Idempotent: `false` when it ran already. */
export const ensureOwnEtcd = async (paths: Paths, port: number, pki: Pki): Promise<boolean> => {
  const kept = { name: 'etcd', run: paths.run }
  const log = join(paths.lib, 'log', 'etcd.log')
  // Debian's etcd 3.4 counts arm64 as unsupported although upstream ships it.
  const env = process.arch === 'arm64' ? { ...process.env, ETCD_UNSUPPORTED_ARCH: 'arm64' } : process.env
  const started = (await readKeeper(kept)) ? false : await ensureKept(kept, log, toEtcdArguments(port, paths.etcd.data, pki.etcdServer), { env })
  await awaitEtcd(`https://127.0.0.1:${port}`, pki.etcdClient, 30_000, `see ${log}`, () => refuseVainStarts(kept, log))
  return started
}
