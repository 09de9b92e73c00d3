// An HTTPS server that answers AdmissionReviews, with a certificate of its own, for tests.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'

export interface Received {
  readonly path: string
  readonly review: any
}

export interface WebhookServer {
  readonly url: string
  readonly port: number
  /** For clientConfig. */
  readonly caBundle: string
  /** Everything that was asked, oldest first. */
  readonly received: Received[]
  close(): Promise<void>
}

const makeCertificate = async (names: readonly string[]): Promise<{ cert: string; key: string }> => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const cert = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=webhook',
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    keys: keys as never,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new SubjectAlternativeNameExtension(names.map(value => ({ type: /^[\d.]+$/.test(value) ? 'ip' : 'dns', value }))),
    ],
  })
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return { cert: cert.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n` }
}

/** `respond` gives the response without its uid, or a whole body as text. */
export const startWebhookServer = async (respond: (received: Received) => Record<string, unknown> | string | Promise<string>): Promise<WebhookServer> => {
  const { cert, key } = await makeCertificate(['127.0.0.1', 'hook.default.svc'])
  const received: Received[] = []
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { path: request.url ?? '', review: JSON.parse(Buffer.concat(chunks).toString()) }
      received.push(one)
      const { apiVersion, request: asked } = one.review
      const answer = respond(one)
      const send = (text: string): void => {
        response.setHeader('content-type', 'application/json')
        response.end(text)
      }
      if (typeof answer === 'string') send(answer)
      else if (answer instanceof Promise) void answer.then(send)
      else send(JSON.stringify({ kind: 'AdmissionReview', apiVersion, response: { uid: asked.uid, ...answer } }))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '0.0.0.0', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    caBundle: Buffer.from(cert).toString('base64'),
    received,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

export const jsonPatch = (...operations: object[]): Record<string, unknown> => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
})
