// The agent's own API over real TLS: who may ask, logs, exec and port-forward through containerd's streaming server, rotation.
import { readFileSync } from 'node:fs'
import { request, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { join } from 'node:path'
import t from 'tap'
import WebSocket from 'ws'
import { eventually } from '../../harness/eventually.ts'
import { busyboxImage } from './containerd.ts'
import { startNode } from './node.ts'

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
