// The store alone, in this process, against a real etcd (/usr/bin/etcd, without fsync) and against what etcd3 does with the same etcd in the
// same run. `node bench/store.ts [--objects 5000] [--writes 2000] [--out FILE]`; about 20 s.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Etcd3 } from 'etcd3'
import type { KubeObject } from '../api/object.ts'
import { systemClock } from '../base/clock.ts'
import { createLogger } from '../base/log.ts'
import { createEtcdStore, createMemoryStore } from '../store/main.ts'
import type { Store, StoredResource } from '../store/store.ts'
import { createFigures } from './figures.ts'
import { freePort } from './free-port.ts'
import { toFigure } from './stats.ts'

const { values: options } = parseArgs({
  options: { objects: { type: 'string', default: '5000' }, writes: { type: 'string', default: '2000' }, out: { type: 'string' } },
})
const objects = Number(options.objects)
const writes = Number(options.writes)
const concurrency = 32

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const pods: StoredResource = {
  prefix: '/registry/pods/',
  namespaced: true,
  fieldsOf: o => ({ 'spec.nodeName': (o as unknown as { spec: { nodeName: string } }).spec.nodeName }),
}

/** About 1.7 KB of JSON, as a running pod of one container has. */
const pod = (name: string, n = 0): KubeObject =>
  ({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name,
      namespace: 'default',
      uid: `6f1d2c9e-0000-4000-8000-${String(n).padStart(12, '0')}`,
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { app: 'web', 'pod-template-hash': '5d8c7b6f9' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: 'web-5d8c7b6f9',
          uid: '0b6f6a52-0000-4000-8000-000000000000',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      volumes: [
        {
          name: 'kube-api-access',
          projected: {
            sources: [
              { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
              { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
            ],
            defaultMode: 420,
          },
        },
      ],
      containers: [
        {
          name: 'web',
          image: 'registry.example/web:1.2.3',
          ports: [{ containerPort: 8080, protocol: 'TCP' }],
          resources: { requests: { cpu: '100m', memory: '64Mi' } },
          volumeMounts: [{ name: 'kube-api-access', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          imagePullPolicy: 'IfNotPresent',
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'default',
      nodeName: `node-${n % 10}`,
      schedulerName: 'default-scheduler',
    },
    status: {
      phase: 'Running',
      conditions: [
        { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:05Z' },
        { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-01T00:00:01Z' },
      ],
      podIP: '10.1.2.3',
      qosClass: 'Burstable',
      observedGeneration: n,
    },
  }) as unknown as KubeObject

const keyOf = (i: number): string => `/registry/pods/default/web-${String(i).padStart(6, '0')}`
const nameOf = (i: number): string => `web-${String(i).padStart(6, '0')}`

/** Runs `work(0 … count − 1)`, so many at a time; answers how many a second. */
const perSecond = async (count: number, work: (i: number) => Promise<unknown>): Promise<number> => {
  let next = 0
  const began = performance.now()
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) await work(next++)
    }),
  )
  return Math.round(count / ((performance.now() - began) / 1000))
}

const usedBytes = (): number => {
  gc()
  gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const millis = (run: () => unknown): number => {
  const began = performance.now()
  run()
  return performance.now() - began
}

const open = async (store: Store): Promise<number> => {
  const began = performance.now()
  await store.register(pods)
  await store.start(AbortSignal.timeout(30_000))
  return performance.now() - began
}

const { results, note } = createFigures(64)

const data = mkdtempSync(join(tmpdir(), 'wherry-bench-etcd-'))
const endpoint = `http://127.0.0.1:${await freePort()}`
const peer = `http://127.0.0.1:${await freePort()}`
const etcd = spawn(
  '/usr/bin/etcd',
  [
    '--name',
    'bench',
    '--data-dir',
    data,
    '--unsafe-no-fsync',
    '--listen-client-urls',
    endpoint,
    '--advertise-client-urls',
    endpoint,
    '--listen-peer-urls',
    peer,
    '--initial-advertise-peer-urls',
    peer,
    '--initial-cluster',
    `bench=${peer}`,
  ],
  { stdio: 'ignore' },
)
const deps = { log: createLogger('error'), clock: systemClock }
const peerClient = new Etcd3({ hosts: endpoint })
try {
  const memory = createMemoryStore(deps)
  note('memory store: start, ms', await open(memory))
  note('memory store: creates per second', await perSecond(writes, i => memory.create(keyOf(i), pod(nameOf(i), i))))
  await memory.stop()

  const store = createEtcdStore({ endpoints: [endpoint] }, deps)
  await open(store)
  const value = Buffer.from(JSON.stringify(pod('floor')))
  const floorCreate = await perSecond(writes, i =>
    peerClient
      .if(`/floor/${i}`, 'Mod', '==', 0)
      .then(peerClient.put(`/floor/${i}`).value(value))
      .commit(),
  )
  const revisions: number[] = []
  const creates = await perSecond(writes, async i => {
    revisions[i] = (await store.create(keyOf(i), pod(nameOf(i), i))).revision
  })
  const updates = await perSecond(writes, async i => {
    revisions[i] = (await store.update(keyOf(i), pod(nameOf(i), i + 1), revisions[i]!)).revision
  })
  const floorGet = await perSecond(writes, i => peerClient.get(`/floor/${i}`).buffer())
  const gets = await perSecond(writes * 5, async i => (await store.get(keyOf(i % writes), 'consistent'))!.wire())
  note('creates per second', creates)
  note('creates ÷ etcd3 transactions', creates / floorCreate)
  note('updates per second', updates)
  note('consistent gets per second', gets)
  note('consistent gets ÷ etcd3 gets', gets / floorGet)
  const single: number[] = []
  for (let i = 0; i < 200; i++) {
    const began = performance.now()
    await store.get(keyOf(i), 'consistent')
    single.push(performance.now() - began)
  }
  note('one consistent get alone, median ms', toFigure(single).median)

  let seen = 0
  for (let i = 0; i < 100; i++)
    store.watch('/registry/pods/', store.observedRevision(), {
      onEvents: events => {
        seen += events.length
      },
      onEnd: () => undefined,
    })
  const fanOutBegan = performance.now()
  await perSecond(1000, async i => {
    revisions[i] = (await store.update(keyOf(i), pod(nameOf(i), i + 2), revisions[i]!)).revision
  })
  while (seen < 100_000) await new Promise(resolve => setImmediate(resolve))
  note('100 watches × 1,000 updates, ms', performance.now() - fanOutBegan)

  for (let i = writes; i < objects; i += concurrency)
    await Promise.all(Array.from({ length: Math.min(concurrency, objects - i) }, (_, j) => store.create(keyOf(i + j), pod(nameOf(i + j), i + j))))
  const list = await store.list('/registry/pods/', { freshness: 'consistent' })
  note(
    `list of ${list.count}: walking the entries, best ms`,
    Math.min(
      ...Array.from({ length: 20 }, () =>
        millis(() => {
          let n = 0
          for (const e of list.entries) n += e.spliceAt
          return n
        }),
      ),
    ),
  )
  note(
    `list of ${list.count}: with every wire form, best ms`,
    Math.min(
      ...Array.from({ length: 10 }, () =>
        millis(() => {
          let n = 0
          for (const e of list.entries) n += e.wire().length
          return n
        }),
      ),
    ),
  )
  let jsonBytes = 0
  for (const entry of list.entries) jsonBytes += entry.json.length
  await store.stop()

  const before = usedBytes()
  const fresh = createEtcdStore({ endpoints: [endpoint] }, deps)
  note(`start with ${objects} objects, ms`, await open(fresh))
  const loaded = await fresh.list('/registry/pods/', { freshness: 'any' })
  const after = usedBytes()
  note('JSON bytes per object', jsonBytes / objects)
  note('memory per object beyond its JSON, bytes', (after - before - jsonBytes) / loaded.count)
  await fresh.stop()
} finally {
  peerClient.close()
  etcd.kill('SIGKILL')
  await once(etcd, 'exit')
  rmSync(data, { recursive: true, force: true })
}
if (options.out !== undefined) {
  mkdirSync(dirname(options.out), { recursive: true })
  writeFileSync(
    options.out,
    `${JSON.stringify({ date: new Date().toISOString(), machine: { cpu: cpus()[0]?.model, cores: cpus().length }, results }, null, 2)}\n`,
  )
}
