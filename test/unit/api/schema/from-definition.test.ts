import t from 'tap'
import { applyDefaults } from '../../../../api/schema/defaults.ts'
import { schemaFromDefinition } from '../../../../api/schema/from-definition.ts'
import { prune } from '../../../../api/schema/prune.ts'
import type { JSONSchemaProps } from '../../../../api/types/apiextensions-v1.ts'

const definition: JSONSchemaProps = {
  type: 'object',
  required: ['spec'],
  properties: {
    metadata: { type: 'object' },
    spec: {
      type: 'object',
      properties: {
        size: { type: 'integer', minimum: 1, default: 3 },
        port: { 'x-kubernetes-int-or-string': true },
        free: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: { known: { type: 'object', properties: { a: { type: 'string', default: 'A' } } } },
        },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        list: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: { type: 'object', properties: { name: { type: 'string' } } },
        },
        constructor: { type: 'string', default: 'x' },
        template: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { data: { type: 'string' } } },
        maybe: { type: 'string', nullable: true },
      } as unknown as Record<string, JSONSchemaProps>,
    },
  },
}

await t.test('a definition becomes what the table gives for built-in kinds', async t => {
  const schema = schemaFromDefinition(definition)
  t.same([...schema.fields.keys()], ['kind', 'apiVersion', 'metadata', 'spec'])
  t.equal(schema.fields.get('metadata')?.schema.name, 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta')
  const spec = schema.fields.get('spec')!
  t.equal(spec.required, true)
  const field = (name: string) => spec.schema.fields.get(name)!
  t.match(field('size'), { default: 3, schema: { kind: 'int64', values: { minimum: 1 } } })
  t.equal(field('port').schema.kind, 'intOrString')
  t.match(field('labels').schema, { kind: 'map', items: { kind: 'string' } })
  t.match(field('list').schema, { kind: 'list', listType: 'map', mapKeys: ['name'] })
  t.match(field('maybe').schema, { nullable: true })
})

await t.test('pruning and defaults by it', async t => {
  const schema = schemaFromDefinition(definition)
  const value = JSON.parse(
    '{"apiVersion":"e/v1","kind":"W","metadata":{"name":"w"},"spec":{"free":{"x":{"y":1},"known":{"b":1}},"template":{"kind":"C","metadata":{"name":"t"},"more":1},"list":[{"name":"a","x":1}],"bogus":1}}',
  ) as { spec: object }
  t.same(prune(schema, value), ['spec.bogus', 'spec.free.known.b', 'spec.list[0].x', 'spec.template.more'])
  applyDefaults(schema, value)
  t.same(value.spec, {
    free: { x: { y: 1 }, known: { a: 'A' } },
    template: { kind: 'C', metadata: { name: 't' } },
    list: [{ name: 'a' }],
    size: 3,
    constructor: 'x',
  })
})
