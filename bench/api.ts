// The API server as a process of its own, over HTTPS, on a real etcd (/usr/bin/etcd): writes and reads by 16 clients, large lists and what they
// cost others, fan-out to watchers, start, memory, growth. Floors come from the same etcd in the same run.
// `node bench/api.ts [--quick] [--entry dist/cli/main.js] [--sizes 1000,10000,50000] [--out FILE]`
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type ClientHttp2Session } from 'node:http2'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { Etcd3 } from 'etcd3'
import { load } from 'js-yaml'
import { createFigures } from './figures.ts'
import { freePort } from './free-port.ts'
import { toFigure } from './stats.ts'

const root = join(import.meta.dirname, '..')
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    entry: { type: 'string', default: join(root, 'dist/cli/main.js') },
    sizes: { type: 'string' },
    out: { type: 'string' },
  },
})
const writes = options.quick ? 1_000 : 8_000
const reads = options.quick ? 2_000 : 20_000
const listed = options.quick ? 1_000 : 5_000
const watched = options.quick ? 200 : 1_000
const watchers = options.quick ? 20 : 100
const clients = 16
const sizes = (options.sizes ?? (options.quick ? '1000' : '1000,10000,50000')).split(',').map(Number)
const nodeArgs = ['--disable-warning=ExperimentalWarning', '--min-semi-space-size=16']

const { results, note } = createFigures(72)

const folder = mkdtempSync(join(tmpdir(), 'wherry-bench-api-'))
const children = new Set<ChildProcess>()
const start = (command: string, args: readonly string[]): ChildProcess => {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}
const stop = async (child: ChildProcess): Promise<void> => {
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}

const startEtcd = async (): Promise<string> => {
  const [endpoint, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`]
  const flags = {
    'name': 'bench',
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': endpoint,
    'advertise-client-urls': endpoint,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `bench=${peer}`,
    'quota-backend-bytes': String(8 * 2 ** 30),
  }
  start(
    '/usr/bin/etcd',
    Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
  ).stdout!.resume()
  const client = new Etcd3({ hosts: endpoint })
  for (;;) {
    try {
      await client.get('x')
      break
    } catch {
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
  client.close()
  return endpoint
}

interface Access {
  readonly url: string
  readonly ca: Buffer
  readonly cert: Buffer
  readonly key: Buffer
}

const readKubeconfig = (text: string): Access => {
  const { clusters, users } = load(text) as { clusters: { cluster: Record<string, string> }[]; users: { user: Record<string, string> }[] }
  const data = (value: string | undefined): Buffer => Buffer.from(value ?? '', 'base64')
  const [{ cluster }, { user }] = [clusters[0]!, users[0]!]
  return {
    url: cluster['server']!,
    ca: data(cluster['certificate-authority-data']),
    cert: data(user['client-certificate-data']),
    key: data(user['client-key-data']),
  }
}

interface Answered {
  readonly status: number
  readonly bytes: number
  readonly firstByteMs: number
  readonly ms: number
  readonly body: Buffer
}

/** One HTTP/2 connection, as one client has. */
class Client {
  readonly #session: ClientHttp2Session
  constructor({ url, ...tls }: Access) {
    this.#session = connect(url, { ...tls, settings: { initialWindowSize: 4 * 2 ** 20 } })
    this.#session.on('connect', () => this.#session.setLocalWindowSize(16 * 2 ** 20))
    this.#session.on('error', () => undefined)
  }

  request(method: string, path: string, body?: unknown): Promise<Answered> {
    const began = performance.now()
    const text = body === undefined ? undefined : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({ ':method': method, ':path': path, ...(text !== undefined && { 'content-type': 'application/json' }) })
      const chunks: Buffer[] = []
      let status = 0
      let firstByteMs = 0
      stream.on('response', headers => (status = Number(headers[':status'])))
      stream.on('data', (chunk: Buffer) => {
        firstByteMs ||= performance.now() - began
        chunks.push(chunk)
      })
      stream.on('error', reject)
      stream.on('end', () => {
        const bodyBytes = Buffer.concat(chunks)
        if (status >= 400) reject(new Error(`${method} ${path}: ${status} ${bodyBytes.subarray(0, 300).toString()}`))
        else resolve({ status, bytes: bodyBytes.length, firstByteMs, ms: performance.now() - began, body: bodyBytes })
      })
      stream.end(text)
    })
  }

  /** Calls `onEvents` with how many lines came; resolves when the answer has begun. */
  async watch(path: string, onEvents: (lines: number, text: Buffer) => void): Promise<() => void> {
    const stream = this.#session.request({ ':method': 'GET', ':path': path })
    stream.on('error', () => undefined)
    stream.on('data', (chunk: Buffer) => {
      let lines = 0
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++
      onEvents(lines, chunk)
    })
    await once(stream, 'response')
    return () => stream.close()
  }

  close(): void {
    this.#session.destroy()
  }
}

/** Runs `work(client, i)` so that each client has one request under way; answers the rate and each request's time. */
const drive = async (
  all: readonly Client[],
  count: number,
  work: (client: Client, i: number) => Promise<Answered>,
): Promise<{ rate: number; ms: number[] }> => {
  const ms: number[] = []
  let next = 0
  const began = performance.now()
  await Promise.all(
    all.map(async client => {
      while (next < count) ms.push((await work(client, next++)).ms)
    }),
  )
  return { rate: count / ((performance.now() - began) / 1000), ms }
}
const p99 = (ms: readonly number[]): number => ms.toSorted((a, b) => a - b)[Math.ceil(ms.length * 0.99) - 1] ?? Number.NaN

const configMaps = '/api/v1/namespaces/default/configmaps'
const configMap = (name: string, n: number): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { n: String(n), fill: 'x'.repeat(180) },
})
const pod = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'web', 'pod-template-hash': '5d8c7b6f9' } },
  spec: {
    containers: [
      { name: 'web', image: 'registry.example/web:1.2.3', ports: [{ containerPort: 8080 }], resources: { requests: { cpu: '100m', memory: '64Mi' } } },
    ],
  },
})

const memoryOf = (pid: number): { pssMb: number; rssMb: number } => {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const mb = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0) / 1024
  return { pssMb: mb('Pss'), rssMb: mb('Rss') }
}

const untilReady = async (access: () => Access): Promise<void> => {
  for (;;) {
    const client = new Client(access())
    const answer = await client.request('GET', '/readyz').catch(() => undefined)
    client.close()
    if (answer?.status === 200) return
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

interface Running {
  readonly child: ChildProcess
  readonly access: Access
}

const startServer = async (etcd: string): Promise<Running & { readyMs: number }> => {
  const cluster = join(folder, 'cluster')
  const port = await freePort()
  const began = performance.now()
  const flags = ['--root', cluster, '--etcd-servers', etcd, '--bind-address', '127.0.0.1', '--node-ip', '127.0.0.1', '--api-port', String(port)]
  const child = start(process.execPath, [...nodeArgs, options.entry, 'apiserver', ...flags, '--log-level', 'error'])
  child.stdout!.resume()
  let access: Access | undefined
  while (!access) {
    try {
      access = readKubeconfig(readFileSync(join(cluster, 'etc/admin.kubeconfig'), 'utf8').replace(/:\d+$/m, `:${port}`))
    } catch {
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  }
  const found = access
  await untilReady(() => found)
  return { child, access, readyMs: performance.now() - began }
}

const startEphemeral = async (): Promise<Running & { readyMs: number }> => {
  const began = performance.now()
  const child = start(process.execPath, [...nodeArgs, options.entry, 'apiserver', '--ephemeral', '--log-level', 'error'])
  let text = ''
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    text += String(chunk)
    if (text.includes('current-context:')) break
  }
  const access = readKubeconfig(text)
  await untilReady(() => access)
  return { child, access, readyMs: performance.now() - began }
}

/** What others wait while a large list is served: small gets, one after the other. */
const othersMeanwhile = async (busy: Client, other: Client, path: string): Promise<{ alone: number; meanwhile: number }> => {
  const probe = async (): Promise<number> => (await other.request('GET', `${configMaps}/c-0`)).ms
  const alone: number[] = []
  for (let i = 0; i < 100; i++) alone.push(await probe())
  const meanwhile: number[] = []
  let listing = true
  const lists = (async () => {
    for (let i = 0; i < 20; i++) await busy.request('GET', path)
    listing = false
  })()
  while (listing) meanwhile.push(await probe())
  await lists
  return { alone: toFigure(alone).median, meanwhile: p99(meanwhile) }
}

const measureLists = async (all: readonly Client[], what: string, path: string): Promise<void> => {
  const [client, other] = [all[0]!, all[1]!]
  const runs: Answered[] = []
  for (let i = 0; i < 11; i++) runs.push(await client.request('GET', path))
  note(`LIST ${listed} ${what}, MB`, runs[0]!.bytes / 2 ** 20)
  note(`LIST ${listed} ${what}: first byte, median ms`, toFigure(runs.map(r => r.firstByteMs)).median)
  note(`LIST ${listed} ${what}: total, median ms`, toFigure(runs.map(r => r.ms)).median)
  const { alone, meanwhile } = await othersMeanwhile(client, other, path)
  note(`  small gets of another client meanwhile: p99 ms more than alone`, meanwhile - alone)
}

const measureFanOut = async (access: Access, all: readonly Client[]): Promise<void> => {
  const begin = JSON.parse((await all[0]!.request('GET', `${configMaps}?limit=1`)).body.toString()).metadata.resourceVersion as string
  const listeners = Array.from({ length: watchers }, () => new Client(access))
  let seen = 0
  const sentAt = new Map<string, number>()
  const delays: number[] = []
  const done = Promise.withResolvers<undefined>()
  const stops = await Promise.all(
    listeners.map((client, i) =>
      client.watch(`${configMaps}?watch=1&resourceVersion=${begin}`, (lines, text) => {
        if (i === 0) {
          const now = performance.now()
          for (const [, n] of text.toString('latin1').matchAll(/"n":"w(\d+)"/g)) delays.push(now - (sentAt.get(n!) ?? now))
        }
        seen += lines
        if (seen >= watchers * watched) done.resolve(undefined)
      }),
    ),
  )
  const began = performance.now()
  await drive(all, watched, (client, i) => {
    sentAt.set(String(i), performance.now())
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c-${i % listed}` }, data: { n: `w${i}`, fill: 'x'.repeat(180) } }
    return client.request('PUT', `${configMaps}/c-${i % listed}`, body)
  })
  await done.promise
  note(`${watchers} watchers × ${watched} updates by ${clients} writers: all delivered, ms`, performance.now() - began)
  note('  from PUT sent to event seen, p99 ms', p99(delays))
  for (const end of stops) end()
  for (const client of listeners) client.close()
}

/** A server collects its garbage when it has been at rest for this long (base/idle-collection.ts looks twice). */
const restMs = options.quick ? 1_000 : 35_000
const atRest = (): Promise<void> => new Promise(resolve => setTimeout(resolve, restMs))

const measureGrowth = async (running: Running, all: readonly Client[]): Promise<void> => {
  let made = 0
  await atRest()
  let before = { rssMb: memoryOf(running.child.pid!).rssMb, bytes: 0 }
  for (const size of sizes) {
    const from = made
    const { rate } = await drive(all, size - from, (client, i) => client.request('POST', '/api/v1/namespaces/default/pods', pod(`grow-${from + i}`)))
    made = size
    note(`growth to ${size} pods: creates per second`, rate)
    const first = await all[0]!.request('GET', '/api/v1/namespaces/default/pods')
    const { ms, bytes } = await all[0]!.request('GET', '/api/v1/namespaces/default/pods')
    note('  LIST for the first time, ms per MB', first.ms / (bytes / 2 ** 20))
    note('  LIST again, ms per MB', ms / (bytes / 2 ** 20))
    const gets = await drive(all, Math.min(size, 2_000), (client, i) => client.request('GET', `/api/v1/namespaces/default/pods/grow-${i}`))
    note('  gets per second', gets.rate)
    await atRest()
    const { rssMb, pssMb } = memoryOf(running.child.pid!)
    note('  at rest: RSS, MB', rssMb)
    note('  at rest: PSS, MB', pssMb)
    // Code that ran for the first time counts as well, at the first size.
    note('  RSS of each further pod beyond its JSON, KB', ((rssMb - before.rssMb) * 1024 - (bytes - before.bytes) / 1024) / (size - from))
    before = { rssMb, bytes }
  }
}

try {
  for (let i = 0; i < (options.quick ? 2 : 5); i++) {
    const { child, readyMs } = await startEphemeral()
    note(`--ephemeral: exec → /readyz, ms (start ${i + 1})`, readyMs)
    if (i === 0) note('--ephemeral: PSS after the start, MB', memoryOf(child.pid!).pssMb)
    await stop(child)
  }
  const etcd = await startEtcd()
  await stop((await startServer(etcd)).child)
  const running = await startServer(etcd)
  note('with etcd: exec → /readyz, ms', running.readyMs)
  note('with etcd: RSS after the start, MB', memoryOf(running.child.pid!).rssMb)

  const floor = new Etcd3({ hosts: etcd })
  const value = Buffer.from(JSON.stringify(configMap('floor', 0)))
  let next = 0
  const floorBegan = performance.now()
  const put = (i: number): Promise<unknown> =>
    floor
      .if(`/floor/${i}`, 'Mod', '==', 0)
      .then(floor.put(`/floor/${i}`).value(value))
      .commit()
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (next < writes) await put(next++)
    }),
  )
  note(`floor: etcd3 transactions by ${clients}, per second`, writes / ((performance.now() - floorBegan) / 1000))
  floor.close()

  const all = Array.from({ length: clients }, () => new Client(running.access))
  // No controllers run that would make them, and pods need theirs.
  for (const namespace of ['default', 'kube-public'])
    await all[0]!.request('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'default' } })
  const show = ({ rate, ms }: { rate: number; ms: number[] }, name: string): void => {
    note(`${name} by ${clients} clients, per second`, rate)
    note('  p99, ms', p99(ms))
  }
  show(await drive(all, writes, (client, i) => client.request('POST', configMaps, configMap(`c-${i}`, i))), 'creates')
  show(await drive(all, reads, (client, i) => client.request('GET', `${configMaps}/c-${i % writes}`)), 'gets')
  show(await drive(all, writes, (client, i) => client.request('PUT', `${configMaps}/c-${i}`, configMap(`c-${i}`, i + 1))), 'updates')
  for (let i = listed; i < writes; i += clients)
    await Promise.all(all.flatMap((client, j) => (i + j < writes ? [client.request('DELETE', `${configMaps}/c-${i + j}`)] : [])))
  await measureLists(all, 'ConfigMaps', configMaps)
  await measureFanOut(running.access, all)
  await drive(all, listed, (client, i) => client.request('POST', '/api/v1/namespaces/kube-public/pods', pod(`p-${i}`)))
  await measureLists(all, 'pods', '/api/v1/namespaces/kube-public/pods')
  await measureGrowth(running, all)
  for (const client of all) client.close()
  await stop(running.child)
  const again = await startServer(etcd)
  note(`restart with ${sizes.at(-1)} pods: exec → /readyz, ms`, again.readyMs)
  await stop(again.child)
} finally {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}
if (options.out !== undefined) {
  mkdirSync(dirname(options.out), { recursive: true })
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length }
  writeFileSync(options.out, `${JSON.stringify({ date: new Date().toISOString(), machine, results }, null, 2)}\n`)
}
