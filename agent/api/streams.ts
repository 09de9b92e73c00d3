// exec, attach and port-forward: containerd names the place where it waits for the connection, and the client's is joined to that. What
// containerd speaks goes through byte for byte; the newer WebSocket protocols, which containerd 1.6 answers with 403, end here.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Cri } from '../cri/client.ts'
import type { StreamOptions } from '../cri/streaming.ts'
import type { PodWorkers } from '../pods/pod-workers.ts'
import type { RuntimeView } from '../pods/runtime-view.ts'
import { ApiRefusal, findPod, findRunning } from './lookup.ts'
import { passThrough } from './pass-through.ts'
import { runTunnel, tunnelledProtocols } from './port-forward-tunnel.ts'
import { remoteCommandProtocol, runRemoteCommand } from './remote-command.ts'
import { isOn, parseRequest, type ParsedRequest } from './request.ts'
import { offeredProtocols } from './web-socket.ts'

export interface StreamDeps {
  readonly cri: Cri
  readonly view: RuntimeView
  readonly workers: PodWorkers
}

/** What containerd itself speaks over a WebSocket. */
const runtimeProtocols = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io', 'channel.k8s.io', 'base64.channel.k8s.io']

/** The first of the client's that anyone here speaks decides, as upstream. */
const isOurs = (request: IncomingMessage): boolean =>
  offeredProtocols(request).find(name => name === remoteCommandProtocol || runtimeProtocols.includes(name)) === remoteCommandProtocol

const toOptions = ({ query }: ParsedRequest): StreamOptions => {
  const tty = isOn(query, 'tty')
  const options = { stdin: isOn(query, 'input', 'stdin'), stdout: isOn(query, 'output', 'stdout'), stderr: !tty && isOn(query, 'error', 'stderr'), tty }
  if (!options.stdin && !options.stdout && !options.stderr) throw new ApiRefusal(400, 'you must specify at least 1 of stdin, stdout, stderr')
  return options
}

const portsOf = (query: URLSearchParams): number[] =>
  query
    .getAll('port')
    .concat(query.getAll('ports'))
    .flatMap(text => text.split(','))
    .map(Number)

/** Resolves when the two are joined. Throws ApiRefusal before anything was answered. */
export const joinStream = async ({ cri, view, workers }: StreamDeps, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
  const parsed = parseRequest(request)
  const [area, namespace = '', name = '', ...rest] = parsed.path
  const uid = rest.length === 2 || (area === 'portForward' && rest.length === 1) ? rest[0] : undefined
  if (area === 'portForward') {
    const worker = findPod(workers, namespace, name, uid)
    const sandbox = view.sandboxes(worker.uid)[0]
    if (!sandbox?.ready) throw new ApiRefusal(404, `pod ${JSON.stringify(name)} is not running`)
    const url = await cri.streaming.portForwardUrl(sandbox.id, portsOf(parsed.query))
    if (tunnelledProtocols(request).length) await runTunnel(request, socket, head, url)
    else passThrough(request, socket, head, url)
    return
  }
  if (area !== 'exec' && area !== 'attach') throw new ApiRefusal(404, '404 page not found')
  const worker = findPod(workers, namespace, name, uid)
  const container = findRunning(worker, view, rest.at(-1) ?? '')
  const options = toOptions(parsed)
  const { streaming } = cri
  const url =
    area === 'exec' ? await streaming.execUrl(container.id, parsed.query.getAll('command'), options) : await streaming.attachUrl(container.id, options)
  if (isOurs(request)) await runRemoteCommand(request, socket, head, url, options)
  else passThrough(request, socket, head, url)
}
