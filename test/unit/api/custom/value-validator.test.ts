import t from 'tap'
import { correlate } from '../../../../api/custom/correlation.ts'
import { compileValidator } from '../../../../api/custom/value-validator.ts'
import { parseJson } from '../../../../api/json.ts'
import type { JSONSchemaProps } from '../../../../api/types/apiextensions-v1.ts'

type Row = [schema: JSONSchemaProps, json: string, faults: string[]]
const judge = (schema: JSONSchemaProps, json: string): string[] =>
  compileValidator({ type: 'object', properties: { v: schema } })({ v: parseJson(json).value }).map(e => `${e.field} ${e.reason.replace('FieldValue', '')}`)

const rows: Record<string, Row[]> = {
  'types, where only whole numbers of 64 bits are integers': [
    [{ type: 'integer' }, '2', []],
    [{ type: 'integer' }, '2.0', []],
    [{ type: 'integer' }, '9223372036854775807', []],
    [{ type: 'integer' }, '9223372036854775808', ['v TypeInvalid', '<nil> Invalid']],
    [{ type: 'integer' }, '1.5', ['v TypeInvalid', '<nil> Invalid']],
    [{ type: 'integer', format: 'int32' }, '2147483648', ['<nil> Invalid']],
    [{ type: 'number', format: 'float' }, '1e39', ['<nil> Invalid']],
    [{ type: 'string' }, 'null', ['v TypeInvalid']],
    [{ type: 'string', nullable: true }, 'null', []],
    [{ 'x-kubernetes-int-or-string': true }, '"5%"', []],
    [{ 'x-kubernetes-int-or-string': true }, '1.5', ['v TypeInvalid']],
    [{ type: 'string', format: 'date' }, '[]', []],
  ],
  'numbers': [
    [{ type: 'integer', minimum: 2, maximum: 5 }, '6', ['v Invalid']],
    [{ type: 'number', minimum: 0, exclusiveMinimum: true }, '0', ['v Invalid']],
    [{ type: 'number', multipleOf: 0.1 }, '0.3', []],
    [{ type: 'number', multipleOf: 0.1 }, '0.35', ['v Invalid']],
    [{ type: 'integer', enum: [1, 2] }, '3', ['v NotSupported']],
  ],
  'texts, counted in code points; patterns run in linear time': [
    [{ type: 'string', maxLength: 2 }, '"🙂🙂"', []],
    [{ type: 'string', maxLength: 2 }, '"abc"', ['v TooLong']],
    [{ type: 'string', pattern: '^(a+)+$' }, JSON.stringify(`${'a'.repeat(5000)}!`), ['v Invalid']],
    [{ type: 'string', format: 'ipv4' }, '"1.2.3"', ['v TypeInvalid']],
    [{ type: 'string', format: 'no-such-format' }, '"x"', []],
  ],
  'lists and objects': [
    [{ type: 'array', items: { type: 'integer' }, maxItems: 1 }, '[1,"x"]', ['v[1] TypeInvalid', 'v TooMany']],
    [{ type: 'object', required: ['a'], properties: { a: { type: 'string' } } }, '{}', ['v.a Required']],
    [{ type: 'object', additionalProperties: { type: 'integer' } }, '{"x.y":"z"}', ['v.x.y TypeInvalid']],
    [{ type: 'object', maxProperties: 1 }, '{"a":1,"b":2}', ['v TooMany']],
  ],
  'alternatives: that none holds has no field, and the best one is shown': [
    [{ type: 'string', anyOf: [{ minLength: 9 }, { pattern: '^x' }] }, '"y"', ['<nil> Invalid', 'v Invalid']],
    [{ type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] }, '{"a":1,"b":1}', ['<nil> Invalid']],
    [{ type: 'string', not: { enum: ['x'] } }, '"x"', ['<nil> Invalid']],
    [{ type: 'string', allOf: [{ minLength: 1 }, { maxLength: 2 }] }, '"abc"', ['v TooLong', '<nil> Invalid']],
  ],
}

for (const [name, list] of Object.entries(rows))
  await t.test(name, t => {
    for (const [schema, json, faults] of list) t.same(judge(schema, json), faults, `${JSON.stringify(schema)} ${json.slice(0, 40)}`)
    t.end()
  })

await t.test('what a write leaves as it was is forgiven', t => {
  const item: JSONSchemaProps = { type: 'object', properties: { k: { type: 'string' }, v: { type: 'string', maxLength: 1 } } }
  const schema: JSONSchemaProps = {
    type: 'object',
    properties: {
      a: { type: 'string', maxLength: 1 },
      atomic: { type: 'array', items: { type: 'string', maxLength: 1 } },
      keyed: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: item },
    },
  }
  const validate = compileValidator(schema)
  const faults = (now: object, before: object): string[] => validate(now, correlate(now, before)).map(e => e.field)
  t.same(faults({ a: 'xx', b: 1 }, { a: 'xx' }), [])
  t.same(faults({ a: 'xxx' }, { a: 'xx' }), ['a'])
  t.same(faults({ atomic: ['xx', 'y'] }, { atomic: ['xx'] }), ['atomic[0]'], 'a changed atomic list is judged whole')
  t.same(
    faults(
      {
        keyed: [
          { k: 'b', v: 'yy' },
          { k: 'a', v: 'xx' },
        ],
      },
      { keyed: [{ k: 'a', v: 'xx' }] },
    ),
    ['keyed[0].v'],
    'items are known by their keys',
  )
  t.end()
})
