import t from 'tap'
import { toAttributes } from '../../../../apiserver/authorization/authorizer.ts'
import { parseRequest } from '../../../../apiserver/request-info.ts'
import { anonymousUser } from '../../../../apiserver/user.ts'

const attributesOf = (query: string) => toAttributes(anonymousUser, parseRequest('GET', `/api/v1/pods?${query}`))

void t.test('a list is judged by what it is narrowed down to', async t => {
  t.match(attributesOf('fieldSelector=metadata.name%3Dp,spec.nodeName%3Dn&labelSelector=a'), {
    name: 'p',
    fields: [{ field: 'metadata.name' }, { field: 'spec.nodeName', operator: '=', value: 'n' }],
    labels: [{ key: 'a', operator: 'Exists' }],
  })
  const unread = attributesOf('fieldSelector=%3D%3D&labelSelector=(')
  t.notOk(unread.fields ?? unread.labels)
})

void t.test('strangers do not make the server read long selectors', async t => {
  const began = performance.now()
  const { fields, labels, name } = attributesOf(`fieldSelector=metadata.name%3Dp${',a%3Db'.repeat(50_000)}&labelSelector=${'a,'.repeat(200_000)}b`)
  t.same([fields, labels, name], [undefined, undefined, ''], 'what is not read narrows nothing')
  t.ok(performance.now() - began < 500)
})
