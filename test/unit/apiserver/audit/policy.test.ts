import t from 'tap'
import { parseAuditPolicy, type Verdict } from '../../../../apiserver/audit/policy.ts'

const policyOf = (rules: unknown[], rest: object = {}): ReturnType<typeof parseAuditPolicy> =>
  parseAuditPolicy({ kind: 'Policy', apiVersion: 'audit.k8s.io/v1', rules, ...rest })

const nothing = { verb: 'get', isResource: true, group: '', version: 'v1', resource: 'pods', subresource: '', namespace: 'default', name: 'p', path: '/' }
const jane = { name: 'jane', groups: ['devs', 'system:authenticated'] }
const levelOf = (rules: unknown[], asked: Partial<typeof nothing> = {}, user: typeof jane | undefined = jane): Verdict['level'] =>
  policyOf(rules).judge({ ...nothing, ...asked }, user).level

void t.test('the first rule that matches decides; none: nothing is recorded', async t => {
  const rules = [
    { level: 'Request', verbs: ['create'] },
    { level: 'None', users: ['jane'] },
    { level: 'Metadata', namespaces: ['default'] },
  ]
  t.equal(levelOf(rules, { verb: 'create' }), 'Request')
  t.equal(levelOf(rules), 'None')
  t.equal(levelOf(rules, {}, { name: 'joe', groups: [] }), 'Metadata')
  t.equal(levelOf(rules, { namespace: 'other' }, { name: 'joe', groups: [] }), 'None')
})

void t.test('who', async t => {
  t.equal(levelOf([{ level: 'Metadata', userGroups: ['ops', 'devs'] }]), 'Metadata')
  t.equal(levelOf([{ level: 'Metadata', userGroups: ['ops'] }]), 'None')
  const refused = policyOf([{ level: 'Metadata', users: ['system:anonymous'] }, { level: 'Request' }])
  t.equal(refused.judge(nothing, undefined).level, 'Request', 'whose credentials did not hold is nobody')
})

void t.test('what', async t => {
  const table: [resources: object, asked: Partial<typeof nothing>, matches: boolean][] = [
    [{ group: '' }, {}, true],
    [{ group: 'apps' }, {}, false],
    [{ resources: ['pods'] }, {}, true],
    [{ resources: ['pods'] }, { subresource: 'log' }, false],
    [{ resources: ['pods/log'] }, { subresource: 'log' }, true],
    [{ resources: ['pods/log'] }, {}, false],
    [{ resources: ['pods/*'] }, { subresource: 'log' }, true],
    [{ resources: ['pods/*'] }, {}, true],
    [{ resources: ['*/log'] }, { subresource: 'log' }, true],
    [{ resources: ['*/log'] }, {}, false],
    [{ resources: ['*'] }, { subresource: 'log' }, true],
    [{ resources: ['pods'], resourceNames: ['p'] }, {}, true],
    [{ resources: ['pods'], resourceNames: ['q'] }, {}, false],
  ]
  for (const [resources, asked, matches] of table)
    t.equal(levelOf([{ level: 'Metadata', resources: [resources] }], asked) === 'Metadata', matches, JSON.stringify([resources, asked]))
  t.equal(levelOf([{ level: 'Metadata', namespaces: [''] }], { namespace: '', resource: 'nodes' }), 'Metadata', 'what lies in no namespace')
  t.equal(levelOf([{ level: 'Metadata', namespaces: [''] }]), 'None')
})

void t.test('paths that are no resources', async t => {
  const path = (path: string, ...nonResourceURLs: string[]): boolean =>
    levelOf([{ level: 'Metadata', nonResourceURLs }], { isResource: false, path, namespace: '', resource: '' }) === 'Metadata'
  t.ok(path('/healthz', '/healthz'))
  t.notOk(path('/healthz/ping', '/healthz'))
  t.ok(path('/healthz/ping', '/healthz*'))
  t.ok(path('/healthz/ping', '*'))
  t.equal(levelOf([{ level: 'Metadata', nonResourceURLs: ['*'] }]), 'None', 'not for resources')
  t.equal(levelOf([{ level: 'Metadata', namespaces: ['default'] }], { isResource: false, path: '/version', namespace: '' }), 'None')
})

void t.test('stages and managed fields are left out as the rule or the whole policy says', async t => {
  const policy = policyOf([{ level: 'Metadata', verbs: ['get'], omitStages: ['ResponseStarted'], omitManagedFields: false }, { level: 'Metadata' }], {
    omitStages: ['RequestReceived'],
    omitManagedFields: true,
  })
  const first = policy.judge(nothing, jane)
  t.same([...first.omitStages], ['RequestReceived', 'ResponseStarted'])
  t.equal(first.omitManagedFields, false)
  const second = policy.judge({ ...nothing, verb: 'list' }, jane)
  t.same([...second.omitStages], ['RequestReceived'])
  t.equal(second.omitManagedFields, true)
})

void t.test('says all that is wrong at once', async t => {
  t.throws(() => parseAuditPolicy('x'), { message: /no Policy of audit.k8s.io\/v1; it has no rules/ })
  t.throws(() => parseAuditPolicy({ kind: 'Policy', apiVersion: 'audit.k8s.io/v1beta1', rules: [{ level: 'Metadata' }] }), { message: /no Policy/ })
  const faulty: [rule: object, fault: RegExp][] = [
    [{}, /level: must be one of/],
    [{ level: 'Everything' }, /level/],
    [{ level: 'Metadata', user: ['x'] }, /rules\[0\]\.user: no such field/],
    [{ level: 'Metadata', users: 'x' }, /users: must be a list of texts/],
    [{ level: 'Metadata', omitStages: ['Never'] }, /"Never" is none of/],
    [{ level: 'Metadata', nonResourceURLs: ['healthz'] }, /must begin with a slash/],
    [{ level: 'Metadata', nonResourceURLs: ['/a*b'] }, /a star at its end only/],
    [{ level: 'Metadata', nonResourceURLs: ['/a'], namespaces: ['b'] }, /both regular resources and non-resource/],
    [{ level: 'Metadata', resources: [{ group: 'apps/v1' }] }, /resources\[0\]\.group/],
    [{ level: 'Metadata', resources: [{ resourceNames: ['x'] }] }, /requires at least one resource/],
    [{ level: 'Metadata', omitManagedFields: 'yes' }, /true or false/],
  ]
  for (const [rule, fault] of faulty) t.throws(() => policyOf([rule]), { message: fault }, JSON.stringify(rule))
})
