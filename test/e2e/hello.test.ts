// The whole path with the real kubectl: the sample is applied, served, scaled, rolled out without a failed request, killed, deleted, and
// nothing of it is left on the machine.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createCluster } from '../harness/cluster.ts'
import { eventually } from '../harness/eventually.ts'

t.setTimeout(300_000)
const manifest = join(import.meta.dirname, '..', '..', 'examples', 'hello.yaml')
const page = 'Hello from Wherry'

interface Pod {
  metadata: { name: string; uid: string; deletionTimestamp?: string }
  spec: { nodeName: string }
  status: { podIP: string; containerStatuses: { restartCount: number; containerID: string }[]; conditions: { type: string; status: string }[] }
}

await t.test('hello, from apply to nothing left', async t => {
  const cluster = await createCluster(t)
  const kubectl = cluster.kubectl
  const pods = async (): Promise<Pod[]> => (await cluster.get<{ items: Pod[] }>('pods -l app=hello')).items.filter(pod => !pod.metadata.deletionTimestamp)
  const visit = (url: string): Promise<string> => kubectl(['exec', 'visitor', '--', 'timeout', '5', 'wget', '-qO-', url])

  await t.test('the start was told stage by stage', async t => {
    for (const stage of ['checks', 'certificates', 'etcd', 'containerd, with', 'images', 'API server', 'scheduler', 'controllers', 'node node-1 Ready']) {
      t.match(cluster.output(), new RegExp(`^ +\\d+\\.\\d s {2}${stage}`, 'm'), stage)
    }
    t.ok(cluster.output().includes(`export KUBECONFIG=${cluster.paths.adminKubeconfig}`))
    t.match(await cluster.wherry(['status']), /server +running, pid \d+.*\n[^]*node +node-1 Ready/)
  })

  await t.test('runs without br_netfilter, as on a stock VM', async t => {
    const setting = await cluster.inNode(['sh', '-c', 'cat /proc/sys/net/bridge/bridge-nf-call-iptables 2>/dev/null || echo 0'])
    t.equal(setting.trim(), '0')
  })

  await t.test('apply and roll out', async t => {
    t.match(await kubectl(['apply', '-f', manifest]), /deployment.apps\/hello created/)
    t.match(await kubectl('rollout status deployment/hello --timeout=60s'), /successfully rolled out/)
    t.match(await kubectl(['apply', '-f', manifest]), /deployment.apps\/hello unchanged/, 'a second apply changes nothing')
    const seen = await pods()
    t.equal(seen.length, 2)
    t.equal(new Set(seen.map(pod => pod.status.podIP)).size, 2, 'two addresses')
    for (const pod of seen) t.equal(pod.status.conditions.find(c => c.type === 'Ready')?.status, 'True')
    t.match(await kubectl('get pods -l app=hello -o wide'), /1\/1 +Running +0/)
    t.match(await kubectl('describe deployment hello'), /2 desired \| 2 updated \| 2 total \| 2 available/)
  })

  await t.test('the page comes from each pod, and through the Service by its DNS name', async t => {
    for (const pod of await pods()) t.match(await cluster.inNode(['busybox', 'wget', '-qO-', `http://${pod.status.podIP}:8080/`]), page, 'from the node')
    await kubectl(['run', 'visitor', '--image=wherry.local/hello:1', '--restart=Never', '--', 'sh', '-c', 'trap exit TERM; while :; do sleep 1 & wait; done'])
    await kubectl('wait --for=condition=Ready pod/visitor --timeout=30s')
    for (const pod of await pods()) t.match(await visit(`http://${pod.status.podIP}:8080/`), page, 'from another pod')
    for (const name of ['hello', 'hello.default', 'hello.default.svc.cluster.local']) t.match(await visit(`http://${name}/`), page, name)
    const { spec } = await cluster.get<{ spec: { clusterIP: string } }>('service hello')
    t.match(await cluster.inNode(['timeout', '5', 'busybox', 'wget', '-qO-', `http://${spec.clusterIP}/`]), page, 'from the node through the ClusterIP')
    t.match(await visit('http://captain:fair-winds@hello/private/'), /password was right/, 'the password from the Secret')
    await t.rejects(visit('http://captain:wrong@hello/private/'), /401/)
  })

  await t.test('a NodePort is reachable from outside of the node', async t => {
    await kubectl('expose deployment hello --name=hello-outside --type=NodePort --port=80 --target-port=8080')
    const { spec } = await cluster.get<{ spec: { ports: { nodePort: number }[] } }>('service hello-outside')
    const seen = await eventually(() =>
      cluster.host.runOutside(['timeout', '2', 'busybox', 'wget', '-qO-', `http://${cluster.host.ip}:${spec.ports[0]!.nodePort}/`]),
    )
    t.match(seen, page)
    await kubectl('delete service hello-outside')
  })

  await t.test('logs and exec', async t => {
    const [pod] = await pods()
    t.match(await kubectl(`logs ${pod!.metadata.name}`), /v1 is listening on port 8080/)
    t.match(await kubectl('logs deployment/hello --tail=1 --timestamps'), /^\d{4}-\d\d-\d\dT/)
    t.equal(await kubectl(['exec', pod!.metadata.name, '--', 'sh', '-c', 'echo $POD_NAME']), `${pod!.metadata.name}\n`)
    t.equal(await kubectl(['exec', '-i', pod!.metadata.name, '--', 'cat'], { input: 'through and back' }), 'through and back')
    await t.rejects(kubectl(['exec', pod!.metadata.name, '--', 'sh', '-c', 'exit 7']), /exit code 7/)
  })

  await t.test('scale up and down', async t => {
    await kubectl('scale deployment/hello --replicas=4')
    await kubectl('rollout status deployment/hello --timeout=60s')
    t.equal((await pods()).length, 4)
    await kubectl('scale deployment/hello --replicas=2')
    await eventually(async () => (await cluster.get<{ items: Pod[] }>('pods -l app=hello')).items.length === 2, 30_000)
    t.equal((await pods()).length, 2)
  })

  await t.test('a rollout fails no request', async t => {
    // In the visitor, so that every request passes DNS and the Service; a request that fails is counted there.
    await kubectl([
      'exec',
      'visitor',
      '--',
      'sh',
      '-c',
      'rm -f /tmp/*; (while [ ! -e /tmp/end ]; do timeout 5 wget -qO- http://hello/version >>/tmp/answers 2>>/tmp/errors || echo failed >>/tmp/failures; done) >/dev/null 2>&1 &',
    ])
    await eventually(() => kubectl(['exec', 'visitor', '--', 'grep', '-q', 'v1 from', '/tmp/answers']))
    await kubectl('set env deployment/hello VERSION=v2')
    await kubectl('rollout status deployment/hello --timeout=60s')
    await eventually(
      () => kubectl(['exec', 'visitor', '--', 'sh', '-c', 'tail -n 20 /tmp/answers | grep -q v2 && ! tail -n 20 /tmp/answers | grep -q v1']),
      30_000,
    )
    await kubectl(['exec', 'visitor', '--', 'touch', '/tmp/end'])
    const answers = Number(await kubectl(['exec', 'visitor', '--', 'sh', '-c', 'wc -l </tmp/answers']))
    t.ok(answers > 50, `${answers} requests were answered meanwhile`)
    t.equal(await kubectl(['exec', 'visitor', '--', 'sh', '-c', 'cat /tmp/failures /tmp/errors 2>/dev/null || :']), '', 'and none failed')
    t.match(cluster.output(), /pod {4}default\/hello-\S+ {2}.*→ Ready at 10\.42\./, 'the live view tells it')
    t.match(await kubectl('rollout history deployment/hello'), /1 .*\n2 /)
  })

  await t.test('a container killed with SIGKILL is started again', async t => {
    const [pod] = await pods()
    const listed = await cluster.inNode(['ctr', '--address', cluster.paths.containerd.socket, '--namespace', 'k8s.io', 'tasks', 'list'])
    const id = pod!.status.containerStatuses[0]!.containerID.replace('containerd://', '')
    const pid = Number(new RegExp(`^${id}\\s+(\\d+)`, 'm').exec(listed)?.[1])
    t.ok(pid > 1)
    process.kill(pid, 'SIGKILL')
    await eventually(async () => {
      const { status } = await cluster.get<Pod>(`pod ${pod!.metadata.name}`)
      return status.containerStatuses[0]!.restartCount === 1 && status.conditions.find(c => c.type === 'Ready')?.status === 'True'
    }, 30_000)
    const after = await cluster.get<Pod>(`pod ${pod!.metadata.name}`)
    t.equal(after.metadata.uid, pod!.metadata.uid, 'the same pod')
    t.equal(after.status.podIP, pod!.status.podIP, 'with the same address')
    t.match(await kubectl(`logs ${pod!.metadata.name} --previous`), /v2 is listening/)
    t.match(await cluster.inNode(['busybox', 'wget', '-qO-', `http://${after.status.podIP}:8080/`]), page)
  })

  await t.test('delete, and nothing is left', async t => {
    await kubectl(['delete', '-f', manifest, '--timeout=60s'])
    await kubectl('delete pod visitor --timeout=60s')
    await eventually(async () => (await cluster.get<{ items: Pod[] }>('pods')).items.length === 0, 30_000)
    await eventually(async () => {
      const traces = await cluster.podTraces()
      for (const [what, names] of Object.entries(traces)) if (names.length > 0) throw new Error(`${what}: ${names.join(', ')}`)
    }, 30_000)
    t.same(Object.values(await cluster.podTraces()).flat(), [])
    t.notMatch(await cluster.inNode(['nft', 'list', 'ruleset']), /8080/, 'no rule names the sample')
  })

  t.notMatch(await readFile(join(cluster.paths.lib, 'log', 'server.log'), 'utf8'), /"level":(50|60)/, 'the server logged no error')
})
