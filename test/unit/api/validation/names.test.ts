import t from 'tap'
import {
  isConfigMapKey,
  isDns1123Label,
  isDns1123Subdomain,
  isLabelValue,
  isPortName,
  isQualifiedName,
  maskTrailingDash,
} from '../../../../api/validation/names.ts'

await t.test('one message per broken rule, as each becomes a cause', async t => {
  t.same(isDns1123Label('web-1').length, 0)
  t.same(isDns1123Label('Bad_Value!').length, 1)
  t.same(isDns1123Label('a'.repeat(64)).length, 1)
  t.same(isDns1123Label('A'.repeat(64)).length, 2)
  t.same(isDns1123Subdomain('a.b-c.d').length, 0)
  t.same(isDns1123Subdomain('').length, 1)
  t.same(isQualifiedName('').length, 2)
  t.same(isQualifiedName('example.com/Name_1').length, 0)
  t.same(isQualifiedName('/name').length, 1)
  t.same(isQualifiedName('a/b/c').length, 1)
  t.same(isLabelValue('').length, 0)
  t.same(isLabelValue('é'.repeat(40)).length, 2, 'length counts bytes')
  t.same(isConfigMapKey('..data').length, 1)
  t.same(isPortName('').length, 2)
  t.same(isPortName('http').length, 0)
  t.equal(maskTrailingDash('web-'), 'wea')
})
