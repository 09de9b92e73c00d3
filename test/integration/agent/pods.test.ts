// The agent's whole loop against a real API server and a real containerd.
import t from 'tap'
import { events } from '../../../api/kinds/core/event.ts'
import { eventually } from '../../harness/eventually.ts'
import { busyboxImage } from './containerd.ts'
import { configMaps, leftovers, secrets, startNode } from './node.ts'

t.setTimeout(280_000)
const node = await startNode()
t.teardown(() => node.stop())
const isReady = (pod: { status?: { conditions?: { type: string; status: string }[] } }): boolean =>
  pod.status?.conditions?.find(c => c.type === 'Ready')?.status === 'True'
const sleeper = (extra: object = {}) => ({ name: 'main', image: busyboxImage, command: ['sleep', '100000'], ...extra })

/** A pod that had ended leaves the API at once, and the node a moment later. */
const nothingLeft = async (t: { same(a: unknown, b: unknown): boolean }): Promise<void> => {
  const left = await eventually(async () => {
    const found = await leftovers(node)
    if (found.length) throw new Error(found.join('\n'))
    return found
  })
  t.same(left, [])
}

await t.test('the node is registered with what the scheduler needs', async t => {
  const found = await node.api.call('GET', '/api/v1/nodes/n1')
  t.match(found.body.status, {
    capacity: { cpu: /^\d+$/, memory: /Ki$/, pods: '110' },
    nodeInfo: { containerRuntimeVersion: /^containerd:\/\/1\./, operatingSystem: 'linux' },
    addresses: [{ type: 'InternalIP' }, { type: 'Hostname' }],
  })
  const lease = await eventually<{ spec: object } | false>(async () => {
    const answer = await node.api.call('GET', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1')
    return answer.status === 200 && answer.body
  })
  t.match(lease.spec, { holderIdentity: 'n1', leaseDurationSeconds: 40 })
})

await t.test('a pod runs, is Ready, and is gone without a trace', async t => {
  const t0 = performance.now()
  await node.run('plain', { containers: [sleeper()] })
  const pod = await node.until('plain', isReady)
  t.comment(`POST to Ready: ${(performance.now() - t0).toFixed()} ms`)
  t.match(pod.status, {
    phase: 'Running',
    podIP: /^10\.199\.0\./,
    hostIP: '127.0.0.1',
    qosClass: 'BestEffort',
    startTime: /Z$/,
    containerStatuses: [
      {
        name: 'main',
        ready: true,
        started: true,
        restartCount: 0,
        containerID: /^containerd:\/\/[0-9a-f]{64}$/,
        imageID: /sha256:/,
        state: { running: { startedAt: /Z$/ } },
      },
    ],
  })
  t.same(pod.status?.conditions?.map(c => [c.type, c.status]).sort(), [
    ['ContainersReady', 'True'],
    ['Initialized', 'True'],
    ['PodReadyToStartContainers', 'True'],
    ['PodScheduled', 'True'],
    ['Ready', 'True'],
  ])
  const reasons = await eventually(async () => {
    const list = await node.client.of(events, 'default').list()
    const found = list.items.filter(e => e.involvedObject.name === 'plain').map(e => e.reason)
    return found.length >= 3 && found
  })
  t.same(reasons.sort(), ['Created', 'Pulled', 'Started'])
  await node.client.of((await import('../../../api/kinds/core/pod.ts')).pods, 'default').delete('plain')
  await node.gone('plain')
  await nothingLeft(t)
})

await t.test('environment, ConfigMap, Secret, downward API and live volumes', async t => {
  await node.client.of(configMaps, 'default').create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { page: 'one', COLOR: 'blue' } })
  const env = [
    { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'PAGE', valueFrom: { configMapKeyRef: { name: 'web', key: 'page' } } },
    { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'web', key: 'password' } } },
    { name: 'BOTH', value: '$(NAME)-$(PASSWORD)-$$(X)' },
    { name: 'LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
  ]
  await node.run(
    'env',
    {
      volumes: [
        { name: 'page', configMap: { name: 'web' } },
        { name: 'secret', secret: { secretName: 'web', defaultMode: 0o400 } },
        { name: 'scratch', emptyDir: { medium: 'Memory' } },
        {
          name: 'all',
          projected: {
            sources: [
              { configMap: { name: 'web', items: [{ key: 'page', path: 'deep/page' }] } },
              { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
            ],
          },
        },
      ],
      containers: [
        sleeper({
          env,
          envFrom: [{ configMapRef: { name: 'web' }, prefix: 'P_' }],
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '32Mi' } },
          command: ['sh', '-c', 'echo "$NAME $PAGE $BOTH $LIMIT $P_COLOR"; exec sleep 100000'],
          volumeMounts: [
            { name: 'page', mountPath: '/page' },
            { name: 'secret', mountPath: '/secret' },
            { name: 'scratch', mountPath: '/scratch' },
            { name: 'all', mountPath: '/all' },
            { name: 'page', mountPath: '/one', subPath: 'page' },
          ],
        }),
      ],
    },
    { labels: { app: 'env' } },
  )
  const waiting = await node.until('env', pod => pod.status?.phase === 'Pending' && pod.status.containerStatuses?.[0]?.state?.waiting !== undefined)
  t.equal(waiting.status?.containerStatuses?.[0]?.state?.waiting?.reason, 'ContainerCreating')
  await eventually(async () =>
    (await node.client.of(events, 'default').list()).items.some(e => e.reason === 'FailedMount' && /secret "web" not found/.test(e.message ?? '')),
  )
  await node.client
    .of(secrets, 'default')
    .create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web' }, data: { password: Buffer.from('geheim').toString('base64') } })
  const pod = await node.until('env', isReady)
  t.equal(pod.status?.qosClass, 'Burstable')
  await eventually(() => node.log(pod, 'main').startsWith('env one env-geheim-$(X) 32 blue'))
  const id = pod.status!.containerStatuses![0]!.containerID!.replace('containerd://', '')
  const exec = async (command: string) => (await node.runtime.cri.streaming.execSync(id, ['sh', '-c', command], 10)).stdout.toString()
  t.equal(
    await exec(
      'cat /page/page /secret/password /all/deep/page /all/labels /one; stat -c %a /secret/password -L; grep -c tmpfs /proc/mounts >/dev/null; tail -n1 /etc/hosts | cut -f2; hostname',
    ),
    'onegeheimoneapp="env"one400\nenv\nenv\n',
  )
  t.match(
    await exec('cat /etc/resolv.conf'),
    /search default\.svc\.cluster\.local svc\.cluster\.local cluster\.local.*\nnameserver 10\.96\.0\.10\noptions ndots:5/,
  )
  await node.client.of(configMaps, 'default').patch('web', 'merge', { data: { page: 'two' } })
  await eventually(async () => (await exec('cat /page/page /all/deep/page')) === 'twotwo')
  t.equal(await exec('cat /one'), 'one')
  await node.api.call('DELETE', '/api/v1/namespaces/default/pods/env')
  await node.gone('env')
  await nothingLeft(t)
})

await t.test('a killed container is restarted, then held back', async t => {
  await node.run('crash', { containers: [sleeper({ terminationMessagePolicy: 'FallbackToLogsOnError' })] })
  const pod = await node.until('crash', isReady)
  const kill = () => {
    const line = node.runtime
      .ctr('tasks', 'ls')
      .split('\n')
      .find(l => l.startsWith(pod.status!.containerStatuses![0]!.containerID!.slice(13)))
    process.kill(Number(line!.split(/\s+/)[1]), 'SIGKILL')
  }
  const t0 = performance.now()
  kill()
  const again = await node.until('crash', p => p.status?.containerStatuses?.[0]?.restartCount === 1 && isReady(p))
  t.comment(`SIGKILL to Ready again: ${(performance.now() - t0).toFixed()} ms`)
  t.match(again.status?.containerStatuses?.[0]?.lastState, { terminated: { exitCode: 137, reason: 'Error' } })
  await node.api.call('DELETE', '/api/v1/namespaces/default/pods/crash')
  await node.run('exits', { containers: [sleeper({ command: ['sh', '-c', 'echo last words > /dev/termination-log; exit 3'] })] })
  const held = await node.until('exits', p => p.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff')
  t.match(held.status?.containerStatuses?.[0], {
    restartCount: 1,
    ready: false,
    state: { waiting: { message: /^back-off 10s restarting failed container=main pod=exits_default\(/ } },
    lastState: { terminated: { exitCode: 3, message: 'last words\n' } },
  })
  t.equal(held.status?.phase, 'Running')
  await node.api.call('DELETE', '/api/v1/namespaces/default/pods/exits')
  await Promise.all([node.gone('crash'), node.gone('exits')])
  await nothingLeft(t)
})

await t.test('what users know of containers that cannot start', async t => {
  await node.run('never', { containers: [sleeper({ image: 'wherry.test/none:1', imagePullPolicy: 'Never' })] })
  await node.run('nopull', { containers: [sleeper({ image: '127.0.0.1:1/none:1' })] })
  await node.run('noconfig', { containers: [sleeper({ envFrom: [{ configMapRef: { name: 'absent' } }] })] })
  await node.run('nocommand', { containers: [sleeper({ command: ['/no/such/program'] })] })
  const reason = (name: string, wanted: string) => node.until(name, p => p.status?.containerStatuses?.[0]?.state?.waiting?.reason === wanted)
  t.match((await reason('never', 'ErrImageNeverPull')).status?.containerStatuses?.[0]?.state, {
    waiting: { message: /is not present with pull policy of Never/ },
  })
  await reason('nopull', 'ErrImagePull')
  t.match((await reason('nopull', 'ImagePullBackOff')).status?.containerStatuses?.[0]?.state, {
    waiting: { message: /^Back-off pulling image "127\.0\.0\.1:1\/none:1"/ },
  })
  t.match((await reason('noconfig', 'CreateContainerConfigError')).status?.containerStatuses?.[0]?.state, {
    waiting: { message: 'configmap "absent" not found' },
  })
  t.match(
    (await node.until('nocommand', p => p.status?.containerStatuses?.[0]?.lastState?.terminated?.reason === 'StartError')).status?.containerStatuses?.[0]
      ?.lastState,
    { terminated: { exitCode: 128, message: /no such file or directory/ } },
  )
  await node.client.of(configMaps, 'default').create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'absent' }, data: { A: 'b' } })
  await node.until('noconfig', isReady)
  for (const name of ['never', 'nopull', 'noconfig', 'nocommand']) await node.api.call('DELETE', `/api/v1/namespaces/default/pods/${name}`)
  for (const name of ['never', 'nopull', 'noconfig', 'nocommand']) await node.gone(name)
  await nothingLeft(t)
})

await t.test('init containers in order, sidecars, and pods that end', async t => {
  await node.run('job', {
    restartPolicy: 'Never',
    volumes: [{ name: 'd', emptyDir: {} }],
    initContainers: [
      { name: 'one', image: busyboxImage, command: ['sh', '-c', 'echo 1 >> /d/f'], volumeMounts: [{ name: 'd', mountPath: '/d' }] },
      {
        name: 'side',
        image: busyboxImage,
        command: ['sh', '-c', 'echo s >> /d/f; exec sleep 100000'],
        restartPolicy: 'Always',
        volumeMounts: [{ name: 'd', mountPath: '/d' }],
      },
      { name: 'two', image: busyboxImage, command: ['sh', '-c', 'sleep 0.2; echo 2 >> /d/f'], volumeMounts: [{ name: 'd', mountPath: '/d' }] },
    ],
    containers: [sleeper({ command: ['sh', '-c', 'cat /d/f | tr "\\n" " "'], volumeMounts: [{ name: 'd', mountPath: '/d' }] })],
  })
  const done = await node.until('job', p => p.status?.phase === 'Succeeded')
  t.match(node.log(done, 'main'), /1 s 2/)
  t.match(done.status, {
    containerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed' } } }],
    initContainerStatuses: [{ name: 'one', ready: true }, { name: 'side' }, { name: 'two', ready: true }],
  })
  t.match(
    done.status?.conditions?.find(c => c.type === 'Ready'),
    { status: 'False', reason: 'PodCompleted' },
  )
  await node.run('fails', { restartPolicy: 'Never', containers: [sleeper({ command: ['sh', '-c', 'exit 2'] })] })
  await node.until('fails', p => p.status?.phase === 'Failed')
  await node.run('late', { activeDeadlineSeconds: 1, containers: [sleeper()] })
  t.match((await node.until('late', p => p.status?.phase === 'Failed')).status, { reason: 'DeadlineExceeded' })
  await node.run('big', { containers: [sleeper({ resources: { requests: { cpu: '1000' } } })] })
  t.match((await node.until('big', p => p.status?.phase === 'Failed')).status, {
    reason: 'OutOfcpu',
    message: /^Pod was rejected: Node didn't have enough resource: cpu, requested: 1000000/,
  })
  for (const name of ['job', 'fails', 'late', 'big']) await node.api.call('DELETE', `/api/v1/namespaces/default/pods/${name}`)
  for (const name of ['job', 'fails', 'late', 'big']) await node.gone(name)
  await nothingLeft(t)
})

await t.test('probes decide readiness and restart', async t => {
  await node.run('probed', {
    containers: [
      sleeper({
        command: ['sh', '-c', 'sleep 0.5; touch /tmp/up; mkdir -p /www; echo ok > /www/index.html; exec httpd -f -p 8080 -h /www'],
        startupProbe: { exec: { command: ['test', '-e', '/tmp/up'] }, periodSeconds: 1, failureThreshold: 20 },
        readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1, failureThreshold: 1 },
        livenessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1, failureThreshold: 2 },
      }),
    ],
  })
  const pod = await node.until('probed', isReady)
  const id = pod.status!.containerStatuses![0]!.containerID!.replace('containerd://', '')
  await node.runtime.cri.streaming.execSync(id, ['rm', '/www/index.html'], 10)
  const unready = await node.until('probed', p => !isReady(p))
  t.equal(unready.status?.containerStatuses?.[0]?.ready, false)
  t.ok(unready.status?.containerStatuses?.[0]?.started)
  await eventually(async () =>
    (await node.client.of(events, 'default').list()).items.some(
      e => e.reason === 'Unhealthy' && /HTTP probe failed with statuscode: 404/.test(e.message ?? ''),
    ),
  )
  await node.api.call('DELETE', '/api/v1/namespaces/default/pods/probed')
  await node.run('sick', { containers: [sleeper({ livenessProbe: { exec: { command: ['false'] }, periodSeconds: 1, failureThreshold: 1 } })] })
  await node.until('sick', p => (p.status?.containerStatuses?.[0]?.restartCount ?? 0) >= 1)
  await node.api.call('DELETE', '/api/v1/namespaces/default/pods/sick')
  await Promise.all([node.gone('probed'), node.gone('sick')])
  await nothingLeft(t)
})

await t.test('grace: a process that ignores SIGTERM is killed in time; hooks run', async t => {
  await node.run('deaf', { containers: [sleeper({ command: ['sh', '-c', 'trap "" TERM; while :; do sleep 1000; done'] })] })
  await node.until('deaf', isReady)
  const t0 = performance.now()
  await node.api.call('DELETE', '/api/v1/namespaces/default/pods/deaf')
  await node.gone('deaf')
  t.comment(`DELETE with one second of grace until gone: ${(performance.now() - t0).toFixed()} ms`)
  await node.run('hooks', {
    terminationGracePeriodSeconds: 10,
    volumes: [{ name: 'h', hostPath: { path: `${node.runtime.dir}/hooks`, type: 'DirectoryOrCreate' } }],
    containers: [
      sleeper({
        command: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'],
        volumeMounts: [{ name: 'h', mountPath: '/h' }],
        lifecycle: {
          postStart: { exec: { command: ['sh', '-c', 'echo start >> /h/log'] } },
          preStop: { exec: { command: ['sh', '-c', 'echo stop >> /h/log'] } },
        },
      }),
    ],
  })
  await node.until('hooks', isReady)
  await node.api.call('DELETE', '/api/v1/namespaces/default/pods/hooks')
  await node.gone('hooks')
  t.equal((await import('node:fs')).readFileSync(`${node.runtime.dir}/hooks/log`, 'utf8'), 'start\nstop\n')
  await nothingLeft(t)
})

await t.test('containerd may crash: containers run on, the agent finds its way back', async t => {
  await node.run('holds', { containers: [sleeper()] })
  const before = await node.until('holds', isReady)
  await node.runtime.crash()
  await node.run('after', { containers: [sleeper()] })
  await node.until('after', isReady, 40_000)
  const after = await node.get('holds')
  t.equal(after.status?.containerStatuses?.[0]?.containerID, before.status?.containerStatuses?.[0]?.containerID)
  t.equal(after.status?.containerStatuses?.[0]?.restartCount, 0)
  await Promise.all(['holds', 'after'].map(name => node.api.call('DELETE', `/api/v1/namespaces/default/pods/${name}`)))
  await Promise.all(['holds', 'after'].map(name => node.gone(name)))
  await nothingLeft(t)
})

await t.test('many pods at once', async t => {
  const names = Array.from({ length: 12 }, (_, i) => `many-${i}`)
  await Promise.all(names.map(name => node.run(name, { containers: [sleeper()] })))
  const pods = await Promise.all(names.map(name => node.until(name, isReady, 60_000)))
  t.equal(new Set(pods.map(p => p.status?.podIP)).size, names.length, 'each has an address of its own')
  await Promise.all(names.map(name => node.api.call('DELETE', `/api/v1/namespaces/default/pods/${name}`)))
  await Promise.all(names.map(name => node.gone(name, 60_000)))
  await nothingLeft(t)
})

await t.test('an agent that comes back adopts what runs, and removes what is no longer wanted', async t => {
  await node.run('stays', { containers: [sleeper({ readinessProbe: { exec: { command: ['true'] }, periodSeconds: 60 } })] })
  await node.run('goes', { containers: [sleeper()] })
  const before = await node.until('stays', isReady)
  await node.until('goes', isReady)
  await node.agent.stop()
  await node.api.call('DELETE', '/api/v1/namespaces/default/pods/goes?gracePeriodSeconds=0')
  const seen: boolean[] = []
  const watching = new AbortController()
  void (async () => {
    const list = await node.client.of((await import('../../../api/kinds/core/pod.ts')).pods, 'default').list()
    for await (const event of node.client
      .of((await import('../../../api/kinds/core/pod.ts')).pods, 'default')
      .watch({ resourceVersion: list.metadata.resourceVersion, signal: watching.signal })) {
      if (event.type === 'MODIFIED') seen.push(isReady(event.object as never))
    }
  })().catch(() => undefined)
  await node.startAgent()
  await eventually(async () => (await node.runtime.cri.sandboxes.list()).length === 1)
  const after = await node.until('stays', isReady)
  t.equal(after.status?.containerStatuses?.[0]?.containerID, before.status?.containerStatuses?.[0]?.containerID)
  t.equal(after.status?.containerStatuses?.[0]?.restartCount, 0)
  t.notOk(seen.includes(false), 'it was never shown as unready')
  watching.abort()
  await node.api.call('DELETE', '/api/v1/namespaces/default/pods/stays')
  await node.gone('stays')
  await nothingLeft(t)
})
