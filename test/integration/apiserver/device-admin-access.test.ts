// Admin access to devices: only in namespaces that are labelled for it.
import t from 'tap'
import { startServer } from './start-server.ts'

await t.test('claims and templates ask their namespace for admin access', async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  const devices = { requests: [{ name: 'r', exactly: { deviceClassName: 'gpu', adminAccess: true } }] }
  const claim = { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata: { name: 'c' }, spec: { devices } }
  const template = { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaimTemplate', metadata: { name: 't' }, spec: { spec: { devices } } }
  const make = (namespace: string, plural: string, body: object): ReturnType<typeof server.call> =>
    server.call('POST', `/apis/resource.k8s.io/v1/namespaces/${namespace}/${plural}`, body)
  const addNamespace = (name: string, labels: object): ReturnType<typeof server.call> =>
    server.call('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })
  await addNamespace('plain', {})
  await addNamespace('privileged', { 'resource.kubernetes.io/admin-access': 'true' })
  for (const [plural, body] of [
    ['resourceclaims', claim],
    ['resourceclaimtemplates', template],
  ] as const) {
    const refused = await make('plain', plural, body)
    t.equal(refused.status, 422, plural)
    t.match(refused.body, { reason: 'Invalid', details: { causes: [{ field: 'spec.devices.requests[0].adminAccess', reason: 'FieldValueForbidden' }] } })
    t.equal((await make('privileged', plural, body)).status, 201, `${plural} where it is allowed`)
  }
})
