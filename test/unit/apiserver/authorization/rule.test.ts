import t from 'tap'
import { ruleAllows } from '../../../../apiserver/authorization/rbac/rule.ts'
import { parseRule } from '../../../../apiserver/bootstrap/policy.ts'

const asked = (text: string): Parameters<typeof ruleAllows>[1] => {
  const [verb = '', group = '', what = '', name = ''] = text.split(' ')
  const user = { name: 'u', groups: [] }
  if (group.startsWith('/'))
    return { user, verb, isResource: false, group: '', version: '', resource: '', subresource: '', namespace: '', name: '', path: group }
  const [resource = '', subresource = ''] = what.split('/')
  return { user, verb, isResource: true, group: group === 'core' ? '' : group, version: 'v1', resource, subresource, namespace: 'n', name, path: '' }
}

const cases: [rule: string, request: string, allowed: boolean][] = [
  ['get core pods', 'get core pods', true],
  ['get core pods', 'list core pods', false],
  ['get core pods', 'get apps pods', false],
  ['* * *', 'anything apps deployments/scale x', true],
  ['get core pods', 'get core pods/log', false],
  ['get core pods/log', 'get core pods', false],
  ['get core */scale', 'get core pods/scale', true],
  ['get core */scale', 'get core pods', false],
  ['get core *', 'get core pods/log', true],
  ['get core pods/*', 'get core pods/log', false],
  ['get core secrets a,b', 'get core secrets b', true],
  ['get core secrets a', 'get core secrets c', false],
  ['list core secrets a', 'list core secrets', false],
  ['get core pods', 'get /api', false],
  ['get /healthz', 'get /healthz', true],
  ['get /healthz', 'get /healthz/ping', false],
  ['get /api/*', 'get /api/v1', true],
  ['get /api/*', 'get /api', false],
  ['get /api*', 'get /apis', true],
  ['* *', 'post /whatever', true],
  ['get /a/*/b', 'get /a/x/b', false],
  ['get *', 'get core pods', false],
]

await t.test('a rule allows what it says and nothing else', async t => {
  for (const [rule, request, allowed] of cases) t.equal(ruleAllows(parseRule(rule), asked(request)), allowed, `${rule}: ${request}`)
})
