import t from 'tap'
import { createEnvironment } from '../../../../api/cel/environment.ts'
import { schemaType } from '../../../../api/cel/schema-type.ts'
import { schemaFromDefinition } from '../../../../api/schema/from-definition.ts'

const definition = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      properties: {
        name: { type: 'string', maxLength: 10 },
        color: { type: 'string', enum: ['red', 'green'] },
        count: { type: 'integer', format: 'int64' },
        ratio: { type: 'number' },
        port: { 'x-kubernetes-int-or-string': true },
        when: { type: 'string', format: 'date-time' },
        wait: { type: 'string', format: 'duration' },
        data: { type: 'string', format: 'byte' },
        set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        keyed: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k'],
          items: { type: 'object', required: ['k'], properties: { k: { type: 'string' }, v: { type: 'integer' } } },
        },
        atomic: { type: 'array', maxItems: 3, items: { type: 'string', maxLength: 5 } },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        'b-c.d/e__f': { type: 'string' },
        namespace: { type: 'string' },
        free: { 'x-kubernetes-preserve-unknown-fields': true },
        open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { known: { type: 'string' } } },
        embedded: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
        nullable: { type: 'string', nullable: true },
      },
    },
  },
}
const self = schemaType(schemaFromDefinition(definition as any), 'self', true)!
const environment = createEnvironment({ variables: { self } })
const object = {
  apiVersion: 'v1',
  kind: 'Widget',
  metadata: { name: 'w', labels: { a: 'b' } },
  spec: {
    name: 'x',
    count: 9007199254740993n,
    ratio: 2,
    port: '80%',
    when: '2024-01-01T00:00:00Z',
    wait: '90m',
    data: 'aGk=',
    set: ['a', 'b'],
    keyed: [
      { k: 'x', v: 1 },
      { k: 'y', v: 2 },
    ],
    atomic: ['a', 'b'],
    labels: { l: 'm' },
    'b-c.d/e__f': 'odd',
    namespace: 'n',
    open: { known: 'k', unknown: 'u' },
    embedded: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } },
    nullable: null,
  },
}

await t.test('values are of the types that their schema gives them', async t => {
  const cases = [
    'self.kind == "Widget" && self.metadata.name == "w"',
    'self.spec.count == 9007199254740993',
    'type(self.spec.ratio) == double && self.spec.ratio == 2.0',
    "type(self.spec.port) == string && self.spec.port == '80%'",
    "self.spec.when < timestamp('2024-01-01T00:00:01Z') && self.spec.when.getFullYear() == 2024",
    "self.spec.wait == duration('1h30m')",
    "self.spec.data == b'hi' && self.spec.data.size() == 2",
    "self.spec.set == ['b', 'a'] && (self.spec.set + ['b', 'c']).size() == 3",
    "self.spec.atomic != ['b', 'a'] && (self.spec.atomic + ['b', 'c']).size() == 4",
    "self.spec.keyed.exists_one(e, e.k == 'x' && e.v == 1) && (self.spec.keyed + self.spec.keyed).size() == 2",
    "self.spec.labels['l'] == 'm' && self.spec.labels.l == 'm' && !('z' in self.spec.labels)",
    "self.spec.b__dash__c__dot__d__slash__e__underscores__f == 'odd'",
    "self.spec.__namespace__ == 'n'",
    "self.spec.open.known == 'k'",
    "self.spec.embedded.metadata.name == 'p'",
    'dyn(self.spec.nullable) == null && has(self.spec.nullable)',
    '!has(self.spec.color)',
  ]
  for (const expression of cases) {
    const compiled = environment.compile(expression)
    if (!compiled.ok) {
      t.fail(compiled.message)
      continue
    }
    t.match(compiled.program.evaluate({ self: object }), { ok: true, value: true }, expression)
  }
})

await t.test('what a schema does not say is out of reach', async t => {
  for (const expression of ['self.metadata.labels', 'self.spec.free', 'self.spec.open.unknown', 'self.spec.embedded.spec', 'self.status', "self['spec']"])
    t.notOk(environment.compile(expression).ok, expression)
  t.equal(schemaType(schemaFromDefinition({ 'x-kubernetes-preserve-unknown-fields': true }, false), 'self', false), undefined)
})

await t.test('a value that does not fit its schema is an error, not a crash', async t => {
  const compiled = environment.compile("self.spec.count > 1 || self.spec.when == timestamp('2024-01-01T00:00:00Z')")
  if (!compiled.ok) throw new Error(compiled.message)
  t.match(compiled.program.evaluate({ self: { spec: { count: 'many', when: 'soon' } } }), { ok: false, error: { kind: 'evaluation' } })
  t.match(compiled.program.evaluate({}), { ok: false, error: { kind: 'evaluation', message: 'no such attribute(s): self' } })
})

await t.test('sizes are what the schema or a request allows', async t => {
  const max = (expression: string): number => {
    const compiled = environment.compile(expression)
    if (!compiled.ok) throw new Error(compiled.message)
    return compiled.program.estimateCost().max
  }
  const path = 3
  t.equal(
    max("self.spec.name.startsWith('a') || self.spec.name == 'abcdefghijklmnopqrstuvwxyz'"),
    path + 1 + path + 3,
    'four bytes a code point, or as long as the literal',
  )
  t.equal(max('self.spec.atomic.all(x, true)'), path + 3 * 3 + 1)
  t.equal(max("self.spec.color.contains('x')"), path + 1, 'as long as the longest of the enum')
  t.equal(max('self.spec.labels.all(k, true)'), path + Math.floor((3 * 1024 * 1024 - 2) / 8) * 3 + 1, 'as many as a request holds')
  t.equal(max('self.spec.when == self.spec.when'), path + path + 4)
})
