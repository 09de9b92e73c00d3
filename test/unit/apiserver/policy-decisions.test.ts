// What expressions ask the authorizers.
import t from 'tap'
import { AdmissionCompiler } from '../../../api/cel/admission-environment.ts'
import { evaluateAuthorizing } from '../../../api/cel/evaluate-authorizing.ts'
import { createAuthorizerValue } from '../../../api/cel/library/authorizer.ts'
import { createDecisions } from '../../../apiserver/admission/policies/activation.ts'
import type { Attributes } from '../../../apiserver/authorization/authorizer.ts'

const ask = async (expression: string): Promise<{ allowed: unknown; asked: Attributes[] }> => {
  const asked: Attributes[] = []
  const authorizer = {
    name: 'test',
    authorize: (attributes: Attributes) => {
      asked.push(attributes)
      return { decision: attributes.fields?.some(r => r.field === 'spec.nodeName' && r.value === 'n1') ? ('allow' as const) : ('none' as const) }
    },
  }
  const decisions = createDecisions([authorizer], { name: 'ada', groups: [] })
  const compiled = new AdmissionCompiler({}).compile(expression)
  if (!compiled.ok) throw new Error(compiled.message)
  const result = await evaluateAuthorizing(compiled.program, { authorizer: createAuthorizerValue(decisions.known) }, decisions)
  return { allowed: result.ok && result.value, asked }
}

await t.test('selectors narrow what is asked for', async t => {
  const check = (selectors: string): ReturnType<typeof ask> => ask(`authorizer.group('').resource('pods')${selectors}.check('list').allowed()`)
  const narrowed = await check(".fieldSelector('spec.nodeName=n1').labelSelector('tier in (a,b)')")
  t.equal(narrowed.allowed, true)
  t.match(narrowed.asked, [{ verb: 'list', resource: 'pods', fields: [{ field: 'spec.nodeName', operator: '=', value: 'n1' }], labels: [{ key: 'tier' }] }])
  t.equal((await check(".fieldSelector('spec.nodeName=n2')")).allowed, false)
  const unread = await check(".fieldSelector('spec.nodeName').labelSelector('a in')")
  t.equal(unread.allowed, false, 'what cannot be read narrows nothing')
  t.same([unread.asked[0]?.fields, unread.asked[0]?.labels], [undefined, undefined])
  t.equal((await check('')).allowed, false)
})
