// Killing what Wherry consists of, at any time, disturbs no container and no connection; everything returns to Ready by itself.
import t from 'tap'
import { createCluster, type TestCluster } from '../harness/cluster.ts'
import { eventually } from '../harness/eventually.ts'

t.setTimeout(300_000)

const listener = `
apiVersion: v1
kind: Pod
metadata: { name: steady, labels: { app: steady } }
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: wherry.local/hello:1
    command: [sh, -c, 'nc -ll -p 9000 -e cat']
    readinessProbe: { tcpSocket: { port: 9000 }, periodSeconds: 1 }
`

interface PodState {
  uid: string
  podIP: string
  containerID: string
  restarts: number
  ready: boolean
  readySince: string
}

const readPod = async (cluster: TestCluster): Promise<PodState> => {
  const { metadata, status } = await cluster.get('pod steady')
  const [container] = status.containerStatuses
  return {
    uid: metadata.uid,
    podIP: status.podIP,
    containerID: container.containerID,
    restarts: container.restartCount,
    ready: container.ready,
    readySince: status.conditions.find((c: { type: string }) => c.type === 'Ready').lastTransitionTime,
  }
}

/** A connection from the node into the pod that is held over the fault: what is written comes back. */
const holdConnection = (cluster: TestCluster, ip: string) => {
  const child = cluster.host.spawn(['busybox', 'nc', ip, '9000'], { stdio: ['pipe', 'pipe', 'inherit'] })
  let heard = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (heard += text))
  return {
    echo: async (word: string): Promise<void> => {
      child.stdin!.write(`${word}\n`)
      await eventually(() => heard.includes(word), 5000)
    },
    end: (): void => {
      child.kill('SIGKILL')
    },
  }
}

await t.test('a cluster whose parts are killed', async t => {
  const cluster = await createCluster(t)
  await cluster.kubectl(['apply', '-f', '-'], { input: listener })
  await cluster.kubectl('wait --for=condition=Ready pod/steady --timeout=30s')
  const before = await readPod(cluster)
  const connection = holdConnection(cluster, before.podIP)
  t.teardown(async () => connection.end())
  await connection.echo('before')

  await t.test('one up for each cluster', async t => {
    await t.rejects(cluster.wherry(['up', '--node-ip', cluster.host.ip]), /this cluster is already up in process \d+: stop that/)
    await connection.echo('still')
  })

  for (const [name, signalled] of [
    ['agent', 'agent'],
    ['server', 'server'],
    ['etcd', 'etcd'],
    ['containerd', 'containerd'],
  ] as const) {
    await t.test(`SIGKILL of ${name}`, async t => {
      const pid = await cluster.pid(signalled)
      process.kill(pid!, 'SIGKILL')
      await eventually(async () => {
        const now = await cluster.pid(signalled)
        return now !== undefined && now !== pid
      })
      await connection.echo(`after ${name}`)
      await eventually(() => cluster.kubectl('get --raw /readyz'), 30_000)
      await cluster.awaitNodeReady()
      t.same(await readPod(cluster), before, 'the same container, never restarted, and Ready all the time')
      t.match(cluster.output(), new RegExp(`${name} ended by signal 9; starting it again`), 'and the view says so in one sentence')
      // What comes back works, not only answers: a new pod starts.
      await cluster.kubectl(['run', `probe-${name}`, '--image=wherry.local/hello:1', '--restart=Never', '--', 'true'])
      await cluster.kubectl(`wait --for=jsonpath={.status.phase}=Succeeded pod/probe-${name} --timeout=40s`)
      await cluster.kubectl(`delete pod probe-${name} --timeout=30s`)
    })
  }

  await t.test('SIGKILL of up itself, and a second up picks everything up', async t => {
    const pids = { containerd: await cluster.pid('containerd'), etcd: await cluster.pid('etcd') }
    await cluster.endUp('SIGKILL')
    await connection.echo('without up')
    await cluster.up()
    t.same({ containerd: await cluster.pid('containerd'), etcd: await cluster.pid('etcd') }, pids, 'containerd and etcd were adopted')
    await cluster.awaitNodeReady()
    t.same(await readPod(cluster), before)
    await connection.echo('after a second up')
  })

  await t.test('Ctrl-C leaves the pods running; a second up reaches Ready in under 5 s', async t => {
    await cluster.endUp('SIGINT')
    t.equal(await cluster.pid('server'), undefined)
    t.equal(await cluster.pid('agent'), undefined)
    t.equal(await cluster.pid('etcd'), undefined)
    await connection.echo('nobody home')
    const since = Date.now()
    await cluster.up()
    const ms = Date.now() - since
    t.comment(`warm start, on a machine that runs other tests as well: ${ms} ms`)
    t.same(await readPod(cluster), before)
    await connection.echo('all home')
  })
})
