// A real API server, on the memory store unless another is given, on a free port, with certificates of its own, for tests.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { type ApiServer, createApiServer } from '../../../apiserver/main.ts'
import type { ApiServerConfig } from '../../../apiserver/config.ts'
import { type Clock, systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import { ensurePki, type Pki } from '../../../base/tls.ts'
import { createMemoryStore } from '../../../store/main.ts'
import type { Store } from '../../../store/store.ts'

export interface Answered {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: any
  text: string
}

export interface TestServer {
  readonly server: ApiServer
  readonly store: Store
  readonly url: string
  readonly pki: Pki
  readonly folder: string
  /** The connections that `call` uses. */
  readonly admin: Agent
  /** As admin, over HTTP/1.1 and TLS. A body that is no string is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>
  /** Without a client certificate. */
  anonymous(method: string, path: string, headers?: Record<string, string>): Promise<Answered>
  bearer(method: string, path: string, token: string, body?: unknown): Promise<Answered>
  close(): Promise<void>
}

export const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** An address of this machine other than loopback, which proxies refuse, as upstream does. */
export const machineAddress = (): string | undefined =>
  Object.values(networkInterfaces())
    .flat()
    .find(i => i && i.family === 'IPv4' && !i.internal)?.address

export const startServer = async (config: Partial<ApiServerConfig> = {}, clock: Clock = systemClock, openStore?: () => Store): Promise<TestServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'apiserver-test-'))
  const log = createLogger('silent')
  const pki = await ensurePki({ pki: join(folder, 'pki') }, { nodeName: 'n1', nodeIp: machineAddress() ?? '127.0.0.1', serviceIp: '10.43.0.1' })
  const read = (file: string): Promise<string> => readFile(file, 'utf8')
  const ca = await read(pki.ca.cert)
  const store = openStore?.() ?? createMemoryStore({ log, clock })
  const pair = async ({ cert, key }: { cert: string; key: string }): Promise<{ cert: string; key: string }> => ({
    cert: await read(cert),
    key: await read(key),
  })
  const server = createApiServer(
    { tls: await pair(pki.apiserver), clientCa: ca, agentClient: { ...(await pair(pki.apiserverAgentClient)), ca }, ...config },
    { log, store, clock },
  )
  await server.start(AbortSignal.timeout(10_000))
  const url = `https://127.0.0.1:${server.port}`
  const admin = new Agent({ allowH2: false, connect: { ca, cert: await read(pki.admin.cert), key: await read(pki.admin.key) } })
  const nobody = new Agent({ allowH2: false, connect: { ca } })
  const send = async (dispatcher: Agent, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answered> => {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await request(url + path, {
      dispatcher,
      method: method as 'GET',
      headers: { ...(text !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(text !== undefined && { body: text }),
    })
    const received = await answer.body.text()
    return { status: answer.statusCode, headers: answer.headers, body: parse(received), text: received }
  }
  return {
    server,
    store,
    url,
    pki,
    folder,
    admin,
    call: (method, path, body, headers) => send(admin, method, path, body, headers),
    anonymous: (method, path, headers) => send(nobody, method, path, undefined, headers),
    bearer: (method, path, token, body) => send(nobody, method, path, body, { authorization: `Bearer ${token}` }),
    close: async () => {
      await Promise.all([admin.destroy(), nobody.destroy()])
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
