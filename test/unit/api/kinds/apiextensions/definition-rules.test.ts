import t from 'tap'
import { validateDefinition } from '../../../../../api/kinds/apiextensions/definition-rules.ts'
import type { CustomResourceDefinition, CustomResourceDefinitionVersion, JSONSchemaProps } from '../../../../../api/types/apiextensions-v1.ts'

const definition = (schema: JSONSchemaProps, version: Partial<CustomResourceDefinitionVersion> = {}): CustomResourceDefinition => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'berths.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'berths', singular: 'berth', kind: 'Berth', listKind: 'BerthList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...version }],
    conversion: { strategy: 'None' },
  },
  status: { storedVersions: ['v1'] },
})
const root = 'spec.validation.openAPIV3Schema'
const judge = (given: CustomResourceDefinition, old?: CustomResourceDefinition): string[] =>
  validateDefinition(given, old)
    .map(e => `${e.field.replace(root, '')} ${e.reason.replace('FieldValue', '')}`)
    .sort()
const spec = (props: JSONSchemaProps): JSONSchemaProps => ({ type: 'object', properties: { spec: props } })
const at = '.properties[spec]'

const schemas: [string, JSONSchemaProps, string[]][] = [
  ['no type', {}, ['.type Required']],
  ['a field without a type', spec({}), [`${at}.type Required`]],
  ['a list without items', spec({ type: 'array' }), [`${at}.items Required`]],
  ['tuples', spec({ type: 'array', items: [{ type: 'string' }] }), [`${at}.items Forbidden`]],
  ['types in alternatives', spec({ type: 'string', allOf: [{ type: 'string' }] }), [`${at}.allOf[0].type Forbidden`]],
  ['int or string may say so twice', spec({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }), []],
  [
    'a root that speaks of what it does not have',
    { type: 'object', not: { required: ['a'], properties: { a: { minLength: 1 } } } },
    ['.properties[a] Required'],
  ],
  [
    'metadata is the server’s',
    { type: 'object', properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } },
    ['.properties[metadata] Forbidden'],
  ],
  ['a pattern that is none', spec({ type: 'string', pattern: '(' }), [`${at}.pattern Invalid`]],
  ['a default that does not fit', spec({ type: 'integer', default: 'x' }), [`${at}.default TypeInvalid`]],
  ['a default that would be pruned', spec({ type: 'object', properties: { a: { type: 'string' } }, default: { b: 1 } }), [`${at}.default Invalid`]],
  ['a default against a rule', spec({ type: 'integer', default: 3, 'x-kubernetes-validations': [{ rule: 'self > 5' }] }), [`${at}.default Invalid`]],
  [
    'a rule of another type',
    spec({ type: 'integer', 'x-kubernetes-validations': [{ rule: 'self == "x"' }] }),
    [`${at}.x-kubernetes-validations[0].rule Invalid`],
  ],
  [
    'a rule that could cost too much',
    spec({ type: 'array', items: { type: 'string' }, 'x-kubernetes-validations': [{ rule: 'self.all(x, self.all(y, x == y))' }] }),
    [' Forbidden', `${at}.x-kubernetes-validations[0].rule Forbidden`, `${at}.x-kubernetes-validations[0].rule Forbidden`],
  ],
  [
    'oldSelf where nothing corresponds',
    spec({ type: 'array', maxItems: 2, items: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] } }),
    [`${at}.items.x-kubernetes-validations[0].rule Invalid`],
  ],
]
for (const [name, schema, faults] of schemas)
  await t.test(name, t => {
    t.same(judge(definition(schema)), faults)
    t.end()
  })

await t.test('versions, fields and names', t => {
  const schema = spec({ type: 'object', properties: { a: { type: 'string' }, d: { type: 'number' } } })
  t.same(judge(definition(schema, { selectableFields: [{ jsonPath: '.spec.a' }] })), [])
  t.same(judge(definition(schema, { selectableFields: [{ jsonPath: '.spec.d' }, { jsonPath: '.spec.none' }] })), [
    'spec.selectableFields[0].jsonPath Invalid',
    'spec.selectableFields[1].jsonPath Invalid',
  ])
  t.same(judge(definition(schema, { deprecationWarning: 'old' })), ['spec.versions[0].deprecationWarning Invalid'])
  const old = definition(schema)
  const moved = structuredClone(old)
  moved.spec.names.plural = 'moorings'
  t.same(judge(moved, old), ['spec.names.plural Invalid'])
  const renamed = structuredClone(old)
  renamed.spec.scope = 'Cluster'
  t.same(judge(renamed, old), [], 'before it is established')
  old.status!.conditions = [{ type: 'Established', status: 'True' }]
  t.same(judge(renamed, old), ['spec.scope Invalid'])
  t.end()
})

await t.test('groups of the Kubernetes project need approval, once', t => {
  const given = definition({ type: 'object' })
  given.spec.group = 'berths.k8s.io'
  given.metadata.name = 'berths.berths.k8s.io'
  const annotation = 'metadata.annotations[api-approved.kubernetes.io]'
  t.same(judge(given), [`${annotation} Required`])
  t.same(judge(given, structuredClone(given)), [])
  given.metadata.annotations = { 'api-approved.kubernetes.io': 'yes' }
  t.same(judge(given), [`${annotation} Invalid`])
  given.metadata.annotations = { 'api-approved.kubernetes.io': 'https://example.com/pull/1' }
  t.same(judge(given), [])
  t.end()
})
