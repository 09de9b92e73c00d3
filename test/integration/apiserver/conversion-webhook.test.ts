// Versions of a custom kind that a webhook converts: reads, lists, watches and writes in either version; answers that cannot be taken.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { eventually } from '../../harness/eventually.ts'
import { startServer } from './start-server.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const group = 'convert.example.com'
const objects = (version: string): string => `/apis/${group}/${version}/namespaces/default/berths`

const schema = (field: string): object => ({
  openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { [field]: { type: 'string' } } } } },
})
/** v1 says length, v2 says metres. */
const convert = (object: any, apiVersion: string): any => {
  const { length, metres = length } = object.spec ?? {}
  return { ...object, apiVersion, spec: apiVersion.endsWith('/v2') ? { metres } : { length: metres } }
}

await t.test('a conversion webhook', async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  const { pki } = server
  let spoil: ((response: any) => any) | undefined
  let reviews = 0
  const hook = createServer({ cert: await readFile(pki.apiserver.cert), key: await readFile(pki.apiserver.key) }, (request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { request: review, apiVersion } = JSON.parse(Buffer.concat(chunks).toString()) as any
      reviews++
      const answer = {
        uid: review.uid,
        result: { status: 'Success' },
        convertedObjects: review.objects.map((o: any) => convert(o, review.desiredAPIVersion)),
      }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ kind: 'ConversionReview', apiVersion, response: spoil ? spoil(answer) : answer }))
    })()
  })
  hook.listen(0, '127.0.0.1')
  await once(hook, 'listening')
  t.teardown(() => hook.close())
  const { port } = hook.address() as AddressInfo
  const body = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `berths.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'berths', kind: 'Berth' },
      versions: [
        { name: 'v1', served: true, storage: true, schema: schema('length') },
        { name: 'v2', served: true, storage: false, schema: schema('metres') },
      ],
      conversion: {
        strategy: 'Webhook',
        webhook: {
          clientConfig: { url: `https://127.0.0.1:${port}/convert`, caBundle: (await readFile(pki.ca.cert)).toString('base64') },
          conversionReviewVersions: ['v1'],
        },
      },
    },
  }
  t.equal((await server.call('POST', definitions, body)).status, 201)
  await eventually(async () => (await server.call('GET', objects('v2'))).status === 200)

  const berth = (version: string, name: string, spec: object): object => ({ apiVersion: `${group}/${version}`, kind: 'Berth', metadata: { name }, spec })
  t.match((await server.call('POST', objects('v2'), berth('v2', 'a', { metres: '9' }))).body, { apiVersion: `${group}/v2`, spec: { metres: '9' } })
  t.match((await server.call('POST', objects('v1'), berth('v1', 'b', { length: '5' }))).body, { spec: { length: '5' } })
  t.match((await server.call('GET', `${objects('v1')}/a`)).body, { apiVersion: `${group}/v1`, spec: { length: '9' } })
  const { direct } = await server.server.inProcess({ name: 'test', groups: ['system:masters'] }).request({ method: 'GET', path: `${objects('v2')}?watch=1` })
  const seen: string[] = []
  void (async () => {
    for await (const batch of direct!.events!)
      for (const { type, object } of batch) seen.push(`${type} ${(object as any).metadata.name} ${(object as any).spec?.metres}`)
  })()
  await eventually(() => seen.length === 2)
  t.match((await server.call('PATCH', `${objects('v2')}/b`, { spec: { metres: '6' } }, { 'content-type': 'application/merge-patch+json' })).body, {
    spec: { metres: '6' },
  })
  t.match((await server.call('GET', objects('v2'))).body.items, [{ apiVersion: `${group}/v2`, spec: { metres: '9' } }, { spec: { metres: '6' } }])
  await eventually(() => seen.length === 3)
  t.same(seen, ['ADDED a 9', 'ADDED b 5', 'MODIFIED b 6'], 'converted, in order')
  const before = reviews
  await server.call('GET', objects('v2'))
  t.equal(reviews, before, 'what was converted once is not converted again')

  const bad: [string, (answer: any) => any][] = [
    ['another uid', answer => ({ ...answer, uid: 'x' })],
    ['failure', answer => ({ ...answer, result: { status: 'Failure', message: 'no' } })],
    ['too few objects', answer => ({ ...answer, convertedObjects: [] })],
    ['another version', answer => ({ ...answer, convertedObjects: answer.convertedObjects.map((o: any) => ({ ...o, apiVersion: 'x/v9' })) })],
    ['another name', answer => ({ ...answer, convertedObjects: answer.convertedObjects.map((o: any) => ({ ...o, metadata: { ...o.metadata, name: 'x' } })) })],
  ]
  for (const [what, change] of bad) {
    spoil = undefined
    await server.call(
      'PATCH',
      `${objects('v1')}/a`,
      { metadata: { labels: { what: what.replaceAll(' ', '-') } } },
      { 'content-type': 'application/merge-patch+json' },
    )
    spoil = change
    t.match((await server.call('GET', `${objects('v2')}/a`)).body, { code: 500, reason: 'InternalError', message: /conversion webhook for .* failed/ }, what)
  }
  spoil = answer => ({
    ...answer,
    convertedObjects: answer.convertedObjects.map((o: any) => ({ ...o, metadata: { ...o.metadata, labels: { b: 'c' }, ownerReferences: [] } })),
  })
  await server.call('PATCH', `${objects('v1')}/a`, { metadata: { labels: { what: 'labels' } } }, { 'content-type': 'application/merge-patch+json' })
  const { metadata } = (await server.call('GET', `${objects('v2')}/a`)).body
  t.same(metadata.labels, { b: 'c' }, 'labels may change')
  t.equal(metadata.ownerReferences, undefined, 'nothing else of metadata does')
})
