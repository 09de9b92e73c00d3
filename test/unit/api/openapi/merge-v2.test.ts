import t from 'tap'
import { mergeOpenApiV2 } from '../../../../api/openapi/merge-v2.ts'

const ref = (name: string) => ({ $ref: `#/definitions/${name}` })
const own = {
  swagger: '2.0',
  paths: { '/apis/apps/v1/x': { get: 'ours' } },
  definitions: { Meta: { type: 'object', properties: { a: { type: 'string' } } }, Same: { type: 'string' } },
}
const prefix = '/apis/tide/v1'

void t.test('takes the paths of its group version, and what they lead to', async t => {
  const document = {
    paths: {
      [`${prefix}/tides`]: { get: ref('Tide') },
      '/apis/apps/v1/x': { get: 'theirs' },
      '/apis/tide/v1beta1/x': ref('Unused'),
      '/apis/tide/v10/x': ref('Unused'),
    },
    definitions: {
      Tide: { properties: { list: { items: ref('Item') }, meta: ref('Meta'), same: ref('Same') } },
      Item: ref('Tide'),
      Unused: {},
      Meta: { other: true },
      Same: { type: 'string' },
    },
  }
  const merged = mergeOpenApiV2(own, [{ document, prefix }])
  t.same(Object.keys(merged['paths'] as object), ['/apis/apps/v1/x', `${prefix}/tides`])
  t.same(merged['paths'], { ...own.paths, [`${prefix}/tides`]: { get: ref('Tide') } })
  t.same(Object.keys(merged['definitions'] as object), ['Item', 'Meta', 'Meta_v2', 'Same', 'Tide'])
  t.same((merged['definitions'] as any).Meta, own.definitions.Meta, 'ours stays what it is')
  t.same((merged['definitions'] as any).Tide.properties, { list: { items: ref('Item') }, meta: ref('Meta_v2'), same: ref('Same') })
  t.equal(merged['swagger'], '2.0')
})

void t.test('two documents may disagree, or be none', async t => {
  const one = (value: string) => ({ document: { paths: { [`${prefix}/${value}`]: ref('Tide') }, definitions: { Tide: { title: value } } }, prefix })
  const merged = mergeOpenApiV2(own, [one('a'), one('b'), one('a'), { document: { paths: 5, definitions: [] }, prefix }, { document: {}, prefix }])
  t.match(merged['definitions'], { Tide: { title: 'a' }, Tide_v2: { title: 'b' } })
  t.match(merged['paths'], { [`${prefix}/b`]: ref('Tide_v2') })
})
