// The agent's own API over real TLS: who may ask, logs, exec and port-forward through containerd's streaming server, rotation.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { join } from 'node:path'
import t from 'tap'
import WebSocket from 'ws'
import { eventually } from '../../harness/eventually.ts'
import { busyboxImage } from './containerd.ts'
import { startNode, type Kubectl } from './node.ts'

t.setTimeout(120_000)
const node = await startNode()
t.teardown(() => node.stop())
const { pki } = node.api
const tls = (files: { cert: string; key: string }): RequestOptions => ({
  host: '127.0.0.1',
  port: node.agent.port,
  ca: readFileSync(pki.ca.cert),
  cert: readFileSync(files.cert),
  key: readFileSync(files.key),
  servername: 'n1',
  agent: false,
})
const get = (path: string, files = pki.apiserverAgentClient): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    request({ ...tls(files), path }, response => {
      let text = ''
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => {
          text += chunk
        })
        .on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
      .on('error', reject)
      .end()
  })

await node.run('web', {
  containers: [
    {
      name: 'main',
      image: busyboxImage,
      command: ['sh', '-c', 'echo out; echo err >&2; mkdir /www; echo page > /www/index.html; exec httpd -f -p 8080 -h /www'],
    },
  ],
})
const pod = await node.until('web', p => p.status?.phase === 'Running')
const logs = (query = ''): Promise<{ status: number; text: string }> => get(`/containerLogs/default/web/main${query}`)

await t.test('only the API server and administrators are let in', async t => {
  t.equal((await get('/healthz')).text, 'ok')
  t.equal((await get('/healthz', pki.admin)).status, 200)
  t.equal((await get('/pods', pki.scheduler)).status, 403)
  await t.rejects(
    new Promise((resolve, reject) =>
      request({ ...tls(pki.admin), cert: undefined as never, key: undefined as never, path: '/healthz' }, resolve)
        .on('error', reject)
        .end(),
    ),
  )
  t.match(JSON.parse((await get('/pods')).text), { kind: 'PodList', items: [{ metadata: { name: 'web' }, status: { phase: 'Running' } }] })
  t.match((await get('/metrics')).text, /kubelet_running_pods 1\n/)
  t.match(JSON.parse((await get('/stats/summary')).text), { node: { nodeName: 'n1' }, pods: [{ podRef: { name: 'web' }, containers: [{ name: 'main' }] }] })
})

await t.test('logs', async t => {
  await eventually(async () => (await logs()).text.split('\n').length === 3)
  t.same((await logs()).text.split('\n').sort(), ['', 'err', 'out'])
  t.equal((await logs('?stream=Stderr')).text, 'err\n')
  t.match((await logs('?tailLines=1&timestamps=true')).text, /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d) (out|err)\n$/)
  t.match(await logs('?previous=true'), { status: 400, text: 'previous terminated container "main" in pod "web" not found' })
  t.equal((await get('/containerLogs/default/none/main')).status, 404)
  t.equal((await logs('?tailLines=x')).status, 400)
})

await t.test('a followed log goes on across a rotation and ends with the container', async t => {
  await node.run('talk', {
    containers: [
      { name: 'main', image: busyboxImage, command: ['sh', '-c', 'i=0; while [ ! -e /tmp/end ]; do echo $i; i=$((i+1)); sleep 0.05; done; echo bye'] },
    ],
    restartPolicy: 'Never',
  })
  const talk = await node.until('talk', p => p.status?.phase === 'Running')
  const following = get('/containerLogs/default/talk/main?follow=true')
  const id = talk.status!.containerStatuses![0]!.containerID!.slice('containerd://'.length)
  const file = join(node.paths.podLogs, `default_talk_${talk.metadata.uid}`, 'main', '0.log')
  await eventually(() => readFileSync(file, 'utf8').includes(' 5\n'))
  const { renameSync } = await import('node:fs')
  renameSync(file, `${file}.aside`)
  await node.runtime.cri.containers.reopenLog(id)
  await eventually(() => readFileSync(file, 'utf8').length > 0)
  await node.runtime.cri.streaming.execSync(id, ['touch', '/tmp/end'], 10)
  const lines = (await following).text.trim().split('\n')
  t.equal(lines.pop(), 'bye')
  t.same(
    lines,
    lines.map((_, i) => String(i)),
    'nothing is missing and nothing comes twice',
  )
  await node.api.call('DELETE', '/api/v1/namespaces/default/pods/talk')
})

await t.test('exec over a WebSocket, byte for byte', async t => {
  const open = (path: string, protocol: string): WebSocket =>
    new WebSocket(`wss://127.0.0.1:${node.agent.port}${path}`, protocol, { ...tls(pki.apiserverAgentClient) } as never)
  const socket = open(
    '/exec/default/web/main?command=sh&command=-c&command=cat%3B%20echo%20done%20%3E%262%3B%20exit%203&input=1&output=1&error=1',
    'v4.channel.k8s.io',
  )
  const received = new Map<number, string>()
  const closed = new Promise<void>((resolve, reject) => socket.on('close', () => resolve()).on('error', reject))
  socket.on('message', (data: Buffer) => {
    received.set(data[0]!, (received.get(data[0]!) ?? '') + data.subarray(1).toString())
  })
  await new Promise(resolve => socket.once('open', resolve))
  socket.send(Buffer.concat([Buffer.from([0]), Buffer.from('hello')]))
  await eventually(() => received.get(1) === 'hello')
  const pid = node.runtime.ctr('tasks', 'ls')
  t.ok(pid)
  socket.close()
  await closed
  const second = open('/exec/default/web/main?command=sh&command=-c&command=echo%20done%20%3E%262%3B%20exit%203&output=1&error=1', 'v4.channel.k8s.io')
  const ended = new Promise<void>((resolve, reject) => second.on('close', () => resolve()).on('error', reject))
  received.clear()
  second.on('message', (data: Buffer) => {
    received.set(data[0]!, (received.get(data[0]!) ?? '') + data.subarray(1).toString())
  })
  await ended
  t.equal(received.get(2), 'done\n')
  t.match(JSON.parse(received.get(3) ?? '{}'), { status: 'Failure', reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: '3' }] } })
})

await t.test('the real kubectl: exec, attach and port-forward over WebSockets, without falling back to SPDY', async t => {
  const kubectl = (args: readonly string[], input?: Buffer): Kubectl => node.kubectl(args, input)
  const fallback = /fall ?back/i
  const payload = randomBytes(6 * 1024 * 1024 + 7)

  await t.test('megabytes through stdin and back, which end where stdin ends', async t => {
    const { code, stdout, stderr } = await kubectl(['-v=8', 'exec', '-i', 'web', '--', 'cat'], payload).ended
    t.equal(code, 0)
    t.ok(stdout.equals(payload), `${stdout.length} of ${payload.length} bytes came back`)
    t.match(stderr, /v5\.channel\.k8s\.io/)
    t.notMatch(stderr, fallback)
  })

  await t.test('megabytes that a command takes without a word, and what it never reads', async t => {
    const kept = await kubectl(['exec', '-i', 'web', '--', 'sh', '-c', 'cat > /tmp/kept; wc -c < /tmp/kept >&2'], payload).ended
    t.match(kept, { code: 0, stderr: `${payload.length}\n` })
    t.match(await kubectl(['exec', '-i', 'web', '--', 'sh', '-c', 'cat > /tmp/kept'], payload).ended, { code: 0 })
    // No more than its pipes hold: of a command that leaves more unread, containerd 1.6 now and then never says how it ended, over plain SPDY too.
    t.match(await kubectl(['exec', '-i', 'web', '--', 'sh', '-c', 'exit 5'], payload.subarray(0, 48 * 1024)).ended, { code: 5 })
  })

  await t.test('both outputs, exit codes, a terminal', async t => {
    t.match(await kubectl(['exec', 'web', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3']).ended, {
      code: 3,
      stdout: Buffer.from('out\n'),
      stderr: /^err\n/,
    })
    t.match(await kubectl(['exec', 'web', '--', '/no/such']).ended, { code: 1, stderr: /no such file or directory/ })
    t.match(
      (await kubectl(['exec', '-i', 'web', '--', 'sh', '-c', 'head -c 4; sleep 0.1; echo late'], Buffer.from('four and more')).ended).stdout.toString(),
      'fourlate\n',
    )
  })

  await t.test('attach', async t => {
    await node.run('echoes', { containers: [{ name: 'main', image: busyboxImage, command: ['cat'], stdin: true, stdinOnce: true }], restartPolicy: 'Never' })
    await node.until('echoes', p => p.status?.phase === 'Running')
    const { stdout, stderr } = await kubectl(['-v=8', 'attach', '-i', 'echoes'], Buffer.from('said\n')).ended
    t.match(stdout.toString(), /said\n$/)
    t.match(stderr, /v5\.channel\.k8s\.io/)
    t.notMatch(stderr, fallback)
    await node.until('echoes', p => p.status?.phase === 'Succeeded')
    await node.api.call('DELETE', '/api/v1/namespaces/default/pods/echoes')
  })

  await t.test('connections side by side through a forwarded port', async t => {
    const { code, stdout: page } = await kubectl(['exec', 'web', '--', 'sh', '-c', 'head -c 6000001 /dev/urandom | tee /www/big']).ended
    t.match([code, page.length], [0, 6_000_001])
    const forwarding = kubectl(['-v=8', 'port-forward', 'pod/web', ':8080'])
    const [line] = (await once(forwarding.process.stdout!, 'data')) as [Buffer]
    const port = /127\.0\.0\.1:(\d+) ->/.exec(line.toString())?.[1]
    const answers = await Promise.all(Array.from({ length: 6 }, async () => Buffer.from(await (await fetch(`http://127.0.0.1:${port}/big`)).arrayBuffer())))
    for (const answer of answers) t.ok(answer.equals(page))
    forwarding.process.kill()
    const { stderr } = await forwarding.ended
    t.match(stderr, /SPDY\/3\.1\+portforward\.k8s\.io/)
    t.notMatch(stderr, fallback)
  })
})

await t.test('v5 over a WebSocket of our own: a client that leaves, a client that reads nothing', async t => {
  const open = (query: string): WebSocket =>
    new WebSocket(`wss://127.0.0.1:${node.agent.port}/exec/default/web/main?${query}`, ['v5.channel.k8s.io'], { ...tls(pki.apiserverAgentClient) } as never)
  const processes = async (): Promise<string> => (await kubectlText('ps')).toString()
  const kubectlText = async (...command: string[]): Promise<Buffer> => (await node.kubectl(['exec', 'web', '--', ...command]).ended).stdout
  const left = open('command=sh&command=-c&command=cat%3B%20touch%20%2Ftmp%2Fstdin-ended&input=1&output=1')
  await once(left, 'message')
  left.terminate()
  await eventually(async () => (await kubectlText('ls', '/tmp')).includes('stdin-ended'))

  const slow = open('command=yes&output=1')
  await once(slow, 'message')
  slow.pause()
  await eventually(async () => /yes/.test(await processes()))
  const before = process.memoryUsage().rss
  for (let i = 0; i < 5; i++) await processes()
  t.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024, 'what is not read is not kept')
  slow.terminate()
  // As everywhere: who leaves takes stdin along, not the process.
  await kubectlText('killall', 'yes')
  t.match(await new Promise(resolve => open('command=true').on('unexpected-response', (_request, response) => resolve(response.statusCode))), 400)
})

await t.test('SPDY upgrades reach containerd; refusals are answers', async t => {
  const upgrade = (path: string, headers: Record<string, string>): Promise<{ status: number; socket?: Duplex }> =>
    new Promise((resolve, reject) => {
      request({ ...tls(pki.apiserverAgentClient), method: 'POST', path, headers: { Connection: 'Upgrade', Upgrade: 'SPDY/3.1', ...headers } }, response => {
        response.resume()
        resolve({ status: response.statusCode ?? 0 })
      })
        .on('upgrade', (response, socket) => resolve({ status: response.statusCode ?? 0, socket }))
        .on('error', reject)
        .end()
    })
  const forward = await upgrade('/portForward/default/web', { 'X-Stream-Protocol-Version': 'portforward.k8s.io' })
  t.equal(forward.status, 101)
  forward.socket?.destroy()
  t.equal((await upgrade('/exec/default/web/nobody?command=ls&output=1', { 'X-Stream-Protocol-Version': 'v4.channel.k8s.io' })).status, 404)
  t.equal((await upgrade('/exec/default/none/main?command=ls&output=1', {})).status, 404)
})

// In a test of its own: tap may end the file as soon as no test is left.
await t.test('the pod goes', async t => {
  t.equal((await node.api.call('DELETE', `/api/v1/namespaces/default/pods/${pod.metadata.name}`)).status, 200)
  await node.gone('web')
})
