import t from 'tap'
import { encodeOpenApiV2 } from '../../../../api/openapi/v2-protobuf.ts'
import { openApiV2Document } from '../../../../api/openapi/v2.ts'
import { openApiHash, openApiV3Document, openApiV3Index, toPublishedGroups } from '../../../../api/openapi/v3.ts'
import { ProtoReader } from '../../../../api/protobuf/reader.ts'
import { defineResource } from '../../../../api/resource.ts'

const pods = { record: defineResource({ group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true, status: true }) }
const widgets = {
  record: defineResource({ group: 'example.com', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: false }),
  custom: {
    name: 'com.example.v1.Widget',
    schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer', minimum: 1 } } } } },
  },
}
type Json = Record<string, any>

await t.test('a document holds what its paths refer to, and no more', async t => {
  const [group] = toPublishedGroups([pods])
  const { paths, components } = openApiV3Document(group!) as Json
  t.equal(paths['/api/v1/namespaces/{namespace}/pods/{name}/status'].patch.operationId, 'patchCoreV1NamespacedPodStatus')
  t.ok(components.schemas['io.k8s.api.core.v1.Container'])
  t.notOk(components.schemas['io.k8s.api.core.v1.ServiceSpec'])
  const patch = paths['/api/v1/namespaces/{namespace}/pods/{name}'].patch
  t.ok(
    patch.parameters.some((p: Json) => p['name'] === 'fieldValidation'),
    'kubectl looks here before it trusts the server to validate',
  )
})

await t.test('custom resources bring their schema', async t => {
  const groups = toPublishedGroups([pods, widgets])
  t.same(Object.keys(openApiV3Index(groups, '1').paths), ['api/v1', 'apis/example.com/v1'])
  const { paths, components } = openApiV3Document(groups[1]!) as Json
  t.equal(paths['/apis/example.com/v1/widgets'].get.responses['200'].content['application/json'].schema.$ref, '#/components/schemas/com.example.v1.WidgetList')
  t.equal(components.schemas['com.example.v1.Widget'].properties.spec.properties.size.minimum, 1)
})

await t.test('hashes follow the content', async t => {
  const [group] = toPublishedGroups([widgets])
  const other = toPublishedGroups([{ ...widgets, custom: { ...widgets.custom, schema: { type: 'object' } } }])[0]!
  t.equal(openApiHash(group!, '1'), openApiHash(group!, '1'))
  t.not(openApiHash(group!, '1'), openApiHash(group!, '2'))
  t.not(openApiHash(group!, '1'), openApiHash(other, '1'))
})

await t.test('v2, as JSON and as protobuf', async t => {
  const document: Json = await openApiV2Document(toPublishedGroups([pods, widgets]), 'v1.36.0')
  t.same(document['definitions']['io.k8s.api.core.v1.ContainerPort'].properties.protocol, { type: 'string' }, 'without defaults')
  t.match(document['definitions']['io.k8s.api.core.v1.Container'].properties.ports, {
    'x-kubernetes-patch-merge-key': 'containerPort',
    items: { $ref: '#/definitions/io.k8s.api.core.v1.ContainerPort' },
  })
  const reader = new ProtoReader(encodeOpenApiV2(document))
  t.equal(String(reader.next()), '2.0')
  const numbers = []
  while (reader.next() !== undefined) numbers.push(reader.number)
  t.same(numbers, [2, 8, 9, 13])
})
