import t from 'tap'
import { missingPermissions, uncoveredRules } from '../../../../apiserver/authorization/rbac/covers.ts'
import { parseRule } from '../../../../apiserver/bootstrap/policy.ts'

const cases: [name: string, owner: string[], given: string[], covered: boolean][] = [
  ['the same', ['get core pods'], ['get core pods'], true],
  ['nothing', [], [], true],
  ['something from nothing', [], ['get core pods'], false],
  ['fewer verbs', ['get,list core pods'], ['get core pods'], true],
  ['one verb too many', ['get core pods'], ['get,list core pods'], false],
  ['two rules together', ['get core pods', 'list core pods'], ['get,list core pods'], true],
  ['two rules that do not make a square', ['get core pods', 'list core secrets'], ['get,list core pods,secrets'], false],
  ['four rules that do', ['get core pods', 'list core pods', 'get core secrets', 'list core secrets'], ['get,list core pods,secrets'], true],
  ['a star covers all', ['* * *'], ['get,list core,apps pods,secrets a,b'], true],
  ['all does not cover a star', ['get,list,watch core pods'], ['* core pods'], false],
  ['a star only by a star', ['* core pods'], ['* core pods'], true],
  ['any name covers one', ['get core pods'], ['get core pods a'], true],
  ['one name does not cover any', ['get core pods a'], ['get core pods'], false],
  ['names one by one', ['get core pods a', 'get core pods b'], ['get core pods a,b'], true],
  ['a subresource is not the resource', ['get core pods'], ['get core pods/log'], false],
  ['a star before a subresource', ['get core */log'], ['get core pods/log'], true],
  ['a star before a subresource is not any resource', ['get core */log'], ['get core *'], false],
  ['paths', ['get /api/*'], ['get /api/v1,/api/v1/x'], true],
  ['a path pattern by its own', ['get /api/*'], ['get /api/*'], true],
  ['a wider path pattern', ['get /api/*'], ['get /ap*'], false],
  ['resources give no paths', ['* * *'], ['get /metrics'], false],
  ['paths give no resources', ['* *'], ['get core pods'], false],
]

await t.test('covered is what the owner has in all parts', async t => {
  for (const [name, owner, given, covered] of cases) {
    const [owners, rules] = [owner.map(parseRule), given.map(parseRule)]
    t.equal(missingPermissions(owners, rules).length === 0, covered, name)
    t.equal(uncoveredRules(owners, rules).length === 0, covered, name)
  }
})

await t.test('what is missing is named', async t => {
  t.same(missingPermissions([parseRule('get core pods')], [parseRule('get,delete core pods')]), [{ verbs: ['delete'], apiGroups: [''], resources: ['pods'] }])
  t.same(missingPermissions([], [parseRule('get /x')]), [{ verbs: ['get'], nonResourceURLs: ['/x'] }])
})

await t.test('a rule whose product of lists is beyond counting is judged at once', async t => {
  const many = (prefix: string): string[] => Array.from({ length: 3_000 }, (_, i) => `${prefix}${i}`)
  const huge = { verbs: many('v'), apiGroups: many('g'), resources: many('r') }
  const started = performance.now()
  t.equal(missingPermissions([parseRule('* * *')], [huge]).length, 0)
  t.ok(missingPermissions([parseRule('get core pods'), parseRule('* apps *')], [huge]).length > 0)
  t.ok(performance.now() - started < 1_000)
})
