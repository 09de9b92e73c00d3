// The agent's own API, as upstream's kubelet serves it to the API server: logs, exec, attach, port-forward, what runs. HTTPS; callers
// need a client certificate of the cluster that stands for the API server or an administrator.
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { CompletedAgentConfig } from '../config.ts'
import type { Cri } from '../cri/client.ts'
import { readLog, type LogOptions } from '../logs/read-log.ts'
import type { NodeFacts } from '../node/node-facts.ts'
import type { PodFolders } from '../pods/folders.ts'
import type { PodWorkers } from '../pods/pod-workers.ts'
import type { RuntimeView } from '../pods/runtime-view.ts'
import { ApiRefusal, findLogged, findPod } from './lookup.ts'
import { respond } from './pass-through.ts'
import { isOn, parseRequest, toNumber } from './request.ts'
import { joinStream } from './streams.ts'
import { toMetrics, toSummary } from './summary.ts'

export interface AgentApiDeps {
  readonly log: Logger
  readonly clock: Clock
  readonly cri: Cri
  readonly view: RuntimeView
  readonly workers: PodWorkers
  readonly folders: PodFolders
  readonly nodeFacts: NodeFacts
}

export interface AgentApi {
  /** Resolves with the port; without TLS files nothing is served. */
  listen(): Promise<number>
  close(): Promise<void>
}

const administrators = 'system:masters'
const apiServerName = 'kube-apiserver-kubelet-client'

/** What of a TLS socket says who is at its other end. */
type Caller = Pick<TLSSocket, 'authorized' | 'getPeerCertificate'>

const isAllowed = (socket: Caller): boolean => {
  const { subject } = socket.getPeerCertificate()
  const organizations = ([] as (string | undefined)[]).concat(subject.O)
  return socket.authorized && (organizations.includes(administrators) || subject.CN === apiServerName)
}

export const createAgentApi = (config: CompletedAgentConfig, deps: AgentApiDeps): AgentApi => {
  const { log, clock, cri, view, workers, folders } = deps
  let server: Server | undefined
  // Upgraded connections too, which the server forgets.
  const sockets = new Set<Duplex>()

  const sendLog = async ([namespace, name, container]: string[], query: URLSearchParams, response: ServerResponse): Promise<void> => {
    const worker = findPod(workers, namespace!, name!, undefined)
    const record = findLogged(worker, view, container!, isOn(query, 'previous'))
    const sinceTime = query.get('sinceTime')
    const sinceSeconds = toNumber(query, 'sinceSeconds')
    const since = sinceTime ? Date.parse(sinceTime) : sinceSeconds === undefined ? undefined : clock.now() - sinceSeconds * 1000
    const tailLines = toNumber(query, 'tailLines')
    const limitBytes = toNumber(query, 'limitBytes')
    const stream = query.get('stream')?.toLowerCase()
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const options: LogOptions = {
      follow: isOn(query, 'follow'),
      timestamps: isOn(query, 'timestamps'),
      ...(since !== undefined && { sinceMs: since }),
      ...(tailLines !== undefined && { tailLines }),
      ...(limitBytes !== undefined && { limitBytes }),
      ...((stream === 'stdout' || stream === 'stderr') && { stream }),
    }
    const isRunning = (): boolean => view.containers(worker.uid).some(c => c.id === record.id && c.state === 'running')
    const file = folders.logFile(worker.pod, record.name, record.attempt)
    const lines = readLog(file, options, isRunning, gone.signal)
    response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'Transfer-Encoding': 'chunked' })
    response.flushHeaders()
    try {
      for await (const piece of lines) if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')])
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      response.write(`unable to retrieve container logs for containerd://${record.id}`)
    }
    response.end()
  }

  const sendJson = (response: ServerResponse, body: object): void => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  }
  const sendText = (response: ServerResponse, body: string): void => {
    response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' }).end(body)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { path, query } = parseRequest(request)
    const [area, ...rest] = path
    if (area === 'healthz') sendText(response, 'ok')
    else if (area === 'containerLogs' && rest.length === 3) await sendLog(rest, query, response)
    else if (area === 'pods')
      sendJson(response, {
        kind: 'PodList',
        apiVersion: 'v1',
        metadata: {},
        items: workers.all().map(({ pod, status }) => ({ ...pod, ...(status && { status }) })),
      })
    else if (area === 'metrics') sendText(response, toMetrics(workers, view))
    else if (area === 'stats' && rest[0] === 'summary') sendJson(response, await toSummary(config.nodeName, cri, workers, clock.now()))
    else if (['exec', 'attach', 'portForward'].includes(area ?? '')) throw new ApiRefusal(400, 'Upgrade request required')
    else throw new ApiRefusal(404, '404 page not found')
  }

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    socket.on('error', () => socket.destroy())
    try {
      if (!isAllowed(socket as unknown as Caller)) throw new ApiRefusal(403, 'Forbidden')
      await joinStream(deps, request, socket, head)
    } catch (error) {
      respond(socket, error instanceof ApiRefusal ? error.code : 500, error instanceof Error ? error.message : String(error))
    }
  }

  return {
    async listen() {
      if (!config.tls) {
        log.info({}, 'no certificates are configured: the agent API is not served')
        return config.apiPort
      }
      const [cert, key, ca] = await Promise.all([readFile(config.tls.cert), readFile(config.tls.key), readFile(config.tls.clientCa)])
      server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' }, (request, response) => {
        if (!isAllowed(request.socket as unknown as Caller)) {
          response.writeHead(403, { 'Content-Type': 'text/plain' }).end('Forbidden')
          return
        }
        handle(request, response).catch((error: unknown) => {
          const code = error instanceof ApiRefusal ? error.code : 500
          if (code === 500) log.warn({ err: error, url: request.url }, 'a request to the agent API failed')
          if (!response.headersSent) response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8' })
          response.end(error instanceof Error ? error.message : String(error))
        })
      })
      server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => void upgrade(request, socket, head))
      server.on('connection', (socket: Duplex) => {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
      })
      server.keepAliveTimeout = 60_000
      const listening = once(server, 'listening')
      server.listen(config.apiPort, config.apiAddress)
      try {
        await listening
      } catch (error) {
        throw new Error(`the agent API cannot listen on ${config.apiAddress}:${config.apiPort}: ${(error as Error).message}`, { cause: error })
      }
      return (server.address() as AddressInfo).port
    },
    async close() {
      if (!server?.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
