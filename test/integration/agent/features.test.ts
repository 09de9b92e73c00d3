// What users ask of a node beside running containers, each against real containerd; the pods of all tests begin together.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import t from 'tap'
import { events } from '../../../api/kinds/core/event.ts'
import { pods } from '../../../api/kinds/core/pod.ts'
import type { Container, Event, Pod } from '../../../api/types/core-v1.ts'
import { eventually } from '../../harness/eventually.ts'
import { runProgram } from '../../harness/network.ts'
import { createRegistry } from '../../harness/registry.ts'
import { busyboxImage } from './containerd.ts'
import { leftovers, nodeName, secrets, startNode } from './node.ts'

t.setTimeout(240_000)
const node = await startNode({ containerLogMaxBytes: 16 * 1024, containerLogMaxFiles: 3, containerLogIntervalMs: 100, pullProgressIntervalMs: 50 })
t.teardown(() => node.stop())

const sleeper = (extra: Partial<Container> = {}): Container => ({ name: 'main', image: busyboxImage, command: ['sleep', '100000'], ...extra })
const shell = (script: string, extra: Partial<Container> = {}): Container => sleeper({ command: ['sh', '-c', script], ...extra })
const isReady = (pod: Pod): boolean => pod.status?.conditions?.find(c => c.type === 'Ready')?.status === 'True'
const first = (pod: Pod) => pod.status?.containerStatuses?.[0]
const eventsOf = async (name: string): Promise<Event[]> => (await node.client.of(events, 'default').list()).items.filter(e => e.involvedObject.name === name)
const told = (name: string, reason: string, message: RegExp | string): Promise<Event> =>
  eventually(async () => {
    const found = (await eventsOf(name)).find(e => e.reason === reason && (typeof message === 'string' ? e.message === message : message.test(e.message ?? '')))
    if (!found) throw new Error(`no ${reason}: ${JSON.stringify((await eventsOf(name)).map(e => [e.reason, e.message]))}`)
    return found
  })
const remove = async (...names: string[]): Promise<void> => {
  await Promise.all(names.map(name => node.api.call('DELETE', `/api/v1/namespaces/default/pods/${name}?gracePeriodSeconds=1`)))
  await Promise.all(names.map(name => node.gone(name)))
}
const listen = async (server: HttpServer | HttpsServer): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

await t.test('the node tells what became of it, in words that kubectl describe finds', async t => {
  for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID', 'NodeReady'])
    await told(nodeName, reason, `Node ${nodeName} status is now: ${reason}`)
  const begun = await told(nodeName, 'Starting', 'Starting kubelet.')
  t.match(begun, { involvedObject: { kind: 'Node', uid: nodeName }, source: { component: 'kubelet', host: nodeName }, type: 'Normal', count: 1 })
  const { stdout } = await node.kubectl(['describe', 'node', nodeName]).ended
  t.match(stdout.toString(), /NodeReady +\S+ +kubelet +Node n1 status is now: NodeReady/)
})

await t.test('a registry that asks who one is', async t => {
  const host = { run: runProgram, spawn: (argv: readonly string[]) => spawn(argv[0]!, argv.slice(1), { stdio: 'ignore' }) }
  const account = { user: 'puller', password: 'open sesame', htpasswd: 'puller:$2b$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW' }
  const registry = await createRegistry(t, host, account)
  const [given, denied] = [await registry.push('team/private', 'v1'), await registry.push('team/other', 'v1')]
  const auths = { auths: { [registry.address]: { username: account.user, password: account.password } } }
  await node.client.of(secrets, 'default').create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'registry' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(JSON.stringify(auths)).toString('base64') },
  })
  await node.run('private', { containers: [sleeper({ image: given })], imagePullSecrets: [{ name: 'registry' }] })
  await node.run('denied', { containers: [sleeper({ image: denied })] })
  const pod = await node.until('private', isReady)
  t.match(first(pod), { image: given, imageID: new RegExp(`^${registry.address}/team/private@sha256:`) })
  await told('private', 'Pulling', `Pulling image "${given}"`)
  await told('private', 'Pulled', /^Successfully pulled image "\S+" in [\d.]+m?s \([\d.]+m?s including waiting\)\. Image size: \d+ bytes\.$/)
  await node.until('denied', p => first(p)?.state?.waiting?.reason === 'ErrImagePull')
  await told('denied', 'Failed', /^Failed to pull image "\S+": .*(401|authorization failed|no basic auth credentials)/)
  await told('denied', 'Failed', 'Error: ErrImagePull')
  await told('denied', 'BackOff', `Back-off pulling image "${denied}"`)
  await remove('private', 'denied')

  await t.test('while a pull takes long it is told how far it is', async t => {
    const held = Promise.withResolvers<undefined>()
    const slow = createHttpServer((request, response) => {
      const { method = 'GET', url = '', headers } = request
      void (async () => {
        const answer = await fetch(`http://${registry.address}${url}`, { method, headers: { ...(headers as Record<string, string>), host: registry.address } })
        const body = Buffer.from(await answer.arrayBuffer())
        response.writeHead(answer.status, Object.fromEntries(answer.headers))
        // The registry's answers to HEAD say a length that does not follow.
        if (body.length > 100_000) {
          response.write(body.subarray(0, body.length / 2))
          await held.promise
          response.end(body.subarray(body.length / 2))
        } else response.end(body)
      })()
    })
    const port = await listen(slow)
    t.teardown(() => slow.close())
    const image = (await registry.push('team/slow', 'v1', { files: { 'unlike/the/others': 'x' } })).replace(/^[^/]+/, `127.0.0.1:${port}`)
    await node.client.of(secrets, 'default').patch('registry', 'merge', {
      data: { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths: { [`127.0.0.1:${port}`]: auths.auths[registry.address] } })).toString('base64') },
    })
    await node.run('slow', { containers: [sleeper({ image })], imagePullSecrets: [{ name: 'registry' }] })
    await told('slow', 'Pulling', new RegExp(`^Pulling image "${image}": [0-9.]+ of [0-9.]+ MB$`))
    t.match(first(await node.get('slow'))?.state, { waiting: { reason: 'ContainerCreating' } })
    held.resolve(undefined)
    await node.until('slow', isReady)
    await remove('slow')
  })
})

await t.test('probes over HTTPS and gRPC', async t => {
  const { agentServer } = node.api.pki
  let healthy = true
  const seen: { agent?: string; path?: string; header?: string }[] = []
  const https = createHttpsServer({ cert: readFileSync(agentServer.cert), key: readFileSync(agentServer.key) }, (request, response) => {
    seen.push({ agent: request.headers['user-agent'] ?? '', path: request.url ?? '', header: String(request.headers['x-probe']) })
    response.writeHead(healthy ? 200 : 503).end()
  })
  const grpc = new Server()
  const asked: string[] = []
  const bytes = (buffer: Buffer): Buffer => buffer
  grpc.addService(
    {
      check: {
        path: '/grpc.health.v1.Health/Check',
        requestStream: false,
        responseStream: false,
        requestSerialize: bytes,
        requestDeserialize: bytes,
        responseSerialize: bytes,
        responseDeserialize: bytes,
      },
    },
    {
      check: (call: { request: Buffer }, answer: (error: null, value: Buffer) => void) => {
        asked.push(call.request.subarray(2).toString())
        answer(null, Buffer.from([0x08, healthy ? 1 : 2]))
      },
    },
  )
  const grpcPort = await new Promise<number>((resolve, reject) =>
    grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port))),
  )
  const httpsPort = await listen(https)
  t.teardown(() => {
    https.close()
    grpc.forceShutdown()
  })
  const often = { periodSeconds: 1, failureThreshold: 1 }
  await node.run('https', {
    hostNetwork: true,
    containers: [
      sleeper({
        readinessProbe: { httpGet: { scheme: 'HTTPS', port: httpsPort, path: '/ok?a=b', httpHeaders: [{ name: 'X-Probe', value: 'yes' }] }, ...often },
      }),
    ],
  })
  await node.run('grpc', { hostNetwork: true, containers: [sleeper({ readinessProbe: { grpc: { port: grpcPort, service: 'readiness' }, ...often } })] })
  await Promise.all([node.until('https', isReady), node.until('grpc', isReady)])
  t.match(seen[0], { agent: 'kube-probe/1.36', path: '/ok?a=b', header: 'yes' })
  t.equal(asked[0], 'readiness')
  healthy = false
  await Promise.all([node.until('https', p => !isReady(p)), node.until('grpc', p => !isReady(p))])
  await told('https', 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503')
  await told('grpc', 'Unhealthy', 'Readiness probe failed: service unhealthy (responded with "NOT_SERVING")')
  await remove('https', 'grpc')
})

await t.test('static pods show as mirror pods that belong to the node', async t => {
  const file = join(node.paths.staticManifests, 'web.yaml')
  mkdirSync(node.paths.staticManifests, { recursive: true })
  writeFileSync(
    join(node.paths.staticManifests, 'wrong.yaml'),
    'apiVersion: v1\nkind: Pod\nmetadata: {name: wrong}\nspec: {containers: [{name: A_, image: x}]}\n',
  )
  writeFileSync(
    file,
    `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  terminationGracePeriodSeconds: 1\n  containers: [{name: main, image: "${busyboxImage}", command: [sleep, "1000"], resources: {limits: {cpu: 100m}}}]\n`,
  )
  const mirror = await node.until('web-n1', isReady)
  const { metadata } = (await node.api.call('GET', `/api/v1/nodes/${nodeName}`)).body
  t.match(mirror, {
    metadata: {
      annotations: { 'kubernetes.io/config.source': 'file', 'kubernetes.io/config.mirror': /^[0-9a-f]{32}$/ },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: metadata.uid, controller: true }],
    },
    spec: { nodeName, containers: [{ resources: { requests: { cpu: '100m' } } }], tolerations: [{ operator: 'Exists', effect: 'NoExecute' }] },
  })
  await node.api.call('DELETE', '/api/v1/namespaces/default/pods/web-n1')
  const again = await node.until('web-n1', p => p.metadata.uid !== mirror.metadata.uid && isReady(p))
  t.equal(first(again)?.containerID, first(mirror)?.containerID, 'what runs is not touched')
  t.notOk((await node.client.of(pods, 'default').list()).items.some(p => p.metadata.name?.startsWith('wrong')))
  rmSync(file)
  await node.gone('web-n1')
})

await t.test('how containers end', async t => {
  await node.run('oom', {
    restartPolicy: 'Never',
    containers: [shell('head -c 200m /dev/zero | tail', { resources: { limits: { memory: '24Mi' } } })],
  })
  await node.run('words', {
    restartPolicy: 'Never',
    containers: [
      shell('echo first; echo last >&2; exit 4', { name: 'logs', terminationMessagePolicy: 'FallbackToLogsOnError' }),
      shell('echo noise; echo kept > /dev/termination-log; exit 4', { name: 'file', terminationMessagePolicy: 'FallbackToLogsOnError' }),
      shell('echo quiet', { name: 'well', terminationMessagePolicy: 'FallbackToLogsOnError' }),
      shell('echo own > /tmp/why; exit 1', { name: 'elsewhere', terminationMessagePath: '/tmp/why' }),
    ],
  })
  await node.run('loop', { containers: [shell('exit 1')] })
  const oom = await node.until('oom', p => p.status?.phase === 'Failed')
  t.match(first(oom)?.state, { terminated: { exitCode: 137, reason: 'OOMKilled' } })
  const words = await node.until('words', p => p.status?.phase === 'Failed')
  const messages = Object.fromEntries((words.status?.containerStatuses ?? []).map(c => [c.name, c.state?.terminated?.message]))
  t.same(messages, { logs: 'first\nlast\n', file: 'kept\n', well: undefined, elsewhere: 'own\n' })
  const loop = await node.until('loop', p => first(p)?.state?.waiting?.reason === 'CrashLoopBackOff')
  t.match(await told('loop', 'BackOff', `Back-off restarting failed container main in pod loop_default(${loop.metadata.uid})`), {
    type: 'Warning',
    involvedObject: { fieldPath: 'spec.containers{main}' },
  })
  t.match(await eventually(async () => (await eventsOf('loop')).find(e => e.reason === 'Started' && e.count === 2) ?? false), { message: 'Container started' })
  await remove('oom', 'words', 'loop')
  t.same([...new Set((await eventsOf('words')).map(e => e.reason))].sort(), ['Created', 'Pulled', 'Started'])
})

await t.test('hooks', async t => {
  const asked: string[] = []
  const http = createHttpServer((request, response) => {
    asked.push(`${request.url} ${request.headers['user-agent']}`)
    response.writeHead(request.url === '/refused' ? 500 : 200).end()
  })
  const port = await listen(http)
  t.teardown(() => http.close())
  await node.run('greets', {
    hostNetwork: true,
    terminationGracePeriodSeconds: 5,
    containers: [sleeper({ lifecycle: { postStart: { httpGet: { port, path: '/hello' } }, preStop: { httpGet: { port, path: '/bye' } } } })],
  })
  await node.run('refused', { hostNetwork: true, containers: [sleeper({ lifecycle: { postStart: { httpGet: { port, path: '/refused' } } } })] })
  await node.run('naps', {
    terminationGracePeriodSeconds: 5,
    containers: [shell('trap "exit 0" TERM; while :; do sleep 0.1; done', { lifecycle: { preStop: { sleep: { seconds: 1 } } } })],
  })
  await Promise.all([node.until('greets', isReady), node.until('naps', isReady)])
  await told('refused', 'FailedPostStartHook', /PostStartHook failed/)
  await node.until('refused', p => (first(p)?.restartCount ?? 0) > 0)
  const begun = performance.now()
  await node.api.call('DELETE', '/api/v1/namespaces/default/pods/naps')
  await node.gone('naps')
  t.ok(performance.now() - begun >= 1000, 'preStop comes before the end')
  await remove('greets', 'refused')
  t.same(
    asked.filter(line => !line.startsWith('/refused')),
    ['/hello kube-lifecycle/1.36', '/bye kube-lifecycle/1.36'],
  )
})

await t.test('logs are kept small, and lose no line on the way', async t => {
  await node.run('chatty', {
    restartPolicy: 'Never',
    containers: [
      shell('i=0; while [ $i -lt 3000 ]; do echo "line $i of many that fill a file"; i=$((i+1)); [ $((i%300)) -eq 0 ] && sleep 0.15; done; sleep 100000'),
    ],
  })
  const pod = await node.until('chatty', p => p.status?.phase === 'Running')
  const dir = join(node.paths.podLogs, `default_chatty_${pod.metadata.uid}`, 'main')
  const names = await eventually(() => {
    const found = readdirSync(dir).sort()
    if (!found.some(n => n.endsWith('.gz')) || found.length > 3) throw new Error(found.join(' '))
    return found
  })
  t.match(names, ['0.log', /^0\.log\.\d{8}-\d{6}/, /^0\.log\.\d{8}-\d{6}/])
  await eventually(async () => /line 2999 /.test((await node.api.call('GET', '/api/v1/namespaces/default/pods/chatty/log?tailLines=1')).text))
  await remove('chatty')
})

await t.test('volumes: sub-paths, expressions, downward API, projections, ownership', async t => {
  await node.run(
    'volumes',
    {
      securityContext: { fsGroup: 2000, runAsUser: 1000 },
      volumes: [
        { name: 'd', emptyDir: {} },
        {
          name: 'info',
          downwardAPI: {
            items: [
              { path: 'who/labels', fieldRef: { fieldPath: 'metadata.labels' } },
              { path: 'cpu', resourceFieldRef: { containerName: 'main', resource: 'limits.cpu', divisor: '1m' } },
            ],
          },
        },
      ],
      containers: [
        sleeper({
          env: [
            { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'TEAM', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['team']" } } },
            { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
            { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'requests.cpu' } } },
          ],
          resources: { limits: { cpu: '1500m' }, requests: { cpu: '10m' } },
          volumeMounts: [
            { name: 'd', mountPath: '/all' },
            { name: 'd', mountPath: '/sub', subPath: 'a/b' },
            { name: 'd', mountPath: '/mine', subPathExpr: '$(NAME)/x' },
            { name: 'info', mountPath: '/info' },
          ],
        }),
      ],
    },
    { labels: { b: '2', a: '1' }, annotations: { team: 'blue' } },
  )
  const pod = await node.until('volumes', isReady)
  const id = first(pod)!.containerID!.slice('containerd://'.length)
  const run = async (command: string): Promise<string> => (await node.runtime.cri.streaming.execSync(id, ['sh', '-c', command], 10)).stdout.toString()
  t.equal(await run('echo 1 > /sub/f; echo 2 > /mine/f; cat /all/a/b/f /all/volumes/x/f; id -G; stat -c %g /all/a/b/f'), '1\n2\n1000 2000\n2000\n')
  t.equal(await run('cat /info/who/labels; echo; cat /info/cpu; echo; echo $TEAM $NODE $CPU'), 'a="1"\nb="2"\n1500\nblue n1 1\n')
  await node.client.of(pods, 'default').patch('volumes', 'merge', { metadata: { labels: { c: '3' } } })
  await eventually(async () => /c="3"/.test(await run('cat /info/who/labels')))
  await remove('volumes')
})

await t.test('a container gets more, and less, while it runs', async t => {
  const resources = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { cpu, memory } })
  await node.run('resized', {
    containers: [
      sleeper({ resources: resources('100m', '32Mi'), resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] }),
      sleeper({ name: 'other', resources: resources('50m', '16Mi') }),
    ],
  })
  const before = await node.until('resized', isReady)
  const resize = (cpu: string, memory: string) =>
    node.client
      .of(pods, 'default')
      .patch('resized', 'strategic', { spec: { containers: [{ name: 'main', resources: resources(cpu, memory) }] } }, { subresource: 'resize' })
  const has = (cpu: string, memory: string) => (p: Pod) => {
    const { allocatedResources, resources: given } = first(p) ?? {}
    return (
      allocatedResources?.['cpu'] === cpu &&
      given?.limits?.['cpu'] === cpu &&
      given.limits['memory'] === memory &&
      !p.status?.conditions?.some(c => c.type.startsWith('PodResize'))
    )
  }
  const kernel = async (p: Pod): Promise<string> =>
    (
      await node.runtime.cri.streaming.execSync(
        first(p)!.containerID!.slice(13),
        ['sh', '-c', 'cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu.max 2>/dev/null'],
        10,
      )
    ).stdout.toString()
  t.match(await kernel(before), /^10000/)
  await resize('200m', '32Mi')
  const more = await node.until('resized', has('200m', '32Mi'))
  t.equal(first(more)?.restartCount, 0)
  t.match(await kernel(more), /^20000/)
  await resize('200m', '48Mi')
  const restarted = await node.until('resized', p => has('200m', '48Mi')(p) && isReady(p))
  t.match(
    restarted.status?.containerStatuses?.map(c => [c.name, c.restartCount]),
    [
      ['main', 1],
      ['other', 0],
    ],
  )
  const cores = Number((await node.api.call('GET', `/api/v1/nodes/${nodeName}`)).body.status.allocatable.cpu)
  await node.run('hog', { containers: [sleeper({ resources: { requests: { cpu: String(cores - 0.5) } } })] })
  await node.until('hog', isReady)
  await resize('600m', '48Mi')
  const pending = await node.until('resized', p => p.status?.conditions?.some(c => c.type === 'PodResizePending') === true)
  t.match(
    pending.status?.conditions?.find(c => c.type === 'PodResizePending'),
    { status: 'True', reason: 'Deferred', message: /^Node didn't have enough resource: cpu, requested: 650, used: / },
  )
  t.match(await kernel(pending), /^20000/)
  await remove('hog')
  t.match(await kernel(await node.until('resized', has('600m', '48Mi'))), /^60000/)
  await remove('resized')
})

await t.test('nothing is left', async t => {
  t.same(
    await eventually(async () => {
      const found = await leftovers(node)
      if (found.length) throw new Error(found.join('\n'))
      return found
    }),
    [],
  )
  t.notOk(execFileSync('ctr', ['-a', node.runtime.socket, '-n', 'k8s.io', 'tasks', 'ls', '-q'], { encoding: 'utf8' }).trim())
})
