// Policies on a running server: what they see, when they matter, what they say.
import t from 'tap'
import { type Answered, startServer } from './start-server.ts'

const server = await startServer({})
t.teardown(() => server.close())
const group = '/apis/admissionregistration.k8s.io/v1'
const space = '/api/v1/namespaces/rooms'
await server.call('POST', '/api/v1/namespaces', { metadata: { name: 'rooms', labels: { tier: 'gold' } } })

const post = async (path: string, body: unknown, status = 201): Promise<Answered> => {
  const answer = await server.call('POST', path, body)
  if (answer.status !== status) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`)
  return answer
}
const rule = (resources: readonly string[], operations: readonly string[] = ['CREATE', 'UPDATE'], apiGroups = ['']): unknown => ({
  matchPolicy: 'Equivalent',
  namespaceSelector: { matchLabels: { tier: 'gold' } },
  resourceRules: [{ apiGroups, apiVersions: ['*'], operations, resources }],
})

/** Makes a policy with its binding, runs the body, and takes both away. */
const withPolicy = async (kind: 'validating' | 'mutating', name: string, spec: object, binding: object, body: () => Promise<void>): Promise<void> => {
  const [policies, bindings] = [`${group}/${kind}admissionpolicies`, `${group}/${kind}admissionpolicybindings`]
  await post(policies, { metadata: { name }, spec })
  await post(bindings, { metadata: { name }, spec: { policyName: name, ...(kind === 'validating' && { validationActions: ['Deny'] }), ...binding } })
  try {
    await body()
  } finally {
    await server.call('DELETE', `${bindings}/${name}`)
    await server.call('DELETE', `${policies}/${name}`)
  }
}
const create = (name: string, data: Record<string, string> = {}, query = ''): Promise<Answered> =>
  server.call('POST', `${space}/configmaps${query}`, { metadata: { name }, data })
const messageOf = ({ body }: Answered): string => (body as { message: string }).message.replace(/^.*denied request: /, '')

await t.test('a policy counts from the moment it is made, and no longer than it is there', async t => {
  const spec = { matchConstraints: rule(['configmaps']), validations: [{ expression: "object.data.a != 'bad'" }] }
  await withPolicy('validating', 'at-once', spec, {}, async () => {
    const denied = await create('x', { a: 'bad' })
    t.equal(denied.status, 422)
    t.match(denied.body, { reason: 'Invalid', details: { kind: 'configmaps', name: 'x', causes: [{ message: /failed expression: object.data.a != 'bad'$/ }] } })
    t.equal((await create('x', { a: 'bad' }, '?dryRun=All')).status, 422, 'a dry run too')
    t.equal((await create('x', { a: 'good' })).status, 201)
  })
  t.equal((await create('y', { a: 'bad' })).status, 201)
})

await t.test('expressions see the request, its namespace, the old object and earlier variables', async t => {
  const spec = {
    matchConstraints: rule(['configmaps'], ['*']),
    variables: [
      { name: 'tier', expression: "namespaceObject.metadata.labels['tier']" },
      { name: 'both', expression: "variables.tier + ':' + request.operation" },
      { name: 'broken', expression: 'object.data.nothing' },
    ],
    validations: [
      { expression: "request.operation != 'CREATE'", messageExpression: "variables.both + ':' + request.userInfo.username + ':' + request.resource.resource" },
      { expression: "request.operation != 'UPDATE' || object.data.n == oldObject.data.n", messageExpression: "oldObject.data.n + ' became ' + object.data.n" },
      { expression: "request.operation != 'DELETE'", messageExpression: "'object is null: ' + string(object == null) + ', was ' + oldObject.data.n" },
      { expression: "request.operation == 'DELETE' || has(object.data) || variables.broken == 'x'" },
    ],
  }
  await create('seen', { n: '1' })
  await withPolicy('validating', 'eyes', spec, {}, async () => {
    t.equal(messageOf(await create('z', { n: '1' })), 'gold:CREATE:kubernetes-admin:configmaps')
    const patched = await server.call('PATCH', `${space}/configmaps/seen`, { data: { n: '2' } }, { 'content-type': 'application/merge-patch+json' })
    t.equal(messageOf(patched), '1 became 2')
    t.equal(messageOf(await server.call('DELETE', `${space}/configmaps/seen`)), 'object is null: true, was 1')
  })
})

await t.test('an error denies, unless the policy fails open; a variable is only computed when it is read', async t => {
  const spec = (failurePolicy: string): object => ({
    failurePolicy,
    matchConstraints: rule(['configmaps']),
    variables: [{ name: 'n', expression: 'int(object.data.n)' }],
    validations: [{ expression: "!('n' in object.data) || variables.n > 0" }],
  })
  await withPolicy('validating', 'strict', spec('Fail'), {}, async () => {
    t.match(messageOf(await create('e1', { n: 'x' })), /resulted in error: composited variable "n" fails to evaluate: type conversion error/)
    t.equal((await create('e2', { m: 'x' })).status, 201)
    t.equal((await create('e3', { n: '1' })).status, 201)
  })
  await withPolicy('validating', 'lenient', spec('Ignore'), {}, async () => {
    t.equal((await create('e4', { n: 'x' })).status, 201)
    t.equal((await create('e5', { n: '0' })).status, 422)
  })
})

await t.test('match conditions: a false one decides, an error only when none is false', async t => {
  const spec = {
    matchConstraints: rule(['configmaps']),
    matchConditions: [
      { name: 'broken', expression: 'object.data.nothing == "x"' },
      { name: 'named', expression: "object.metadata.name != 'free'" },
    ],
    validations: [{ expression: 'false' }],
  }
  await withPolicy('validating', 'conditions', spec, {}, async () => {
    t.equal((await create('free', { a: 'b' })).status, 201)
    t.match(messageOf(await create('bound', { a: 'b' })), /resulted in error: no such key: nothing/)
  })
})

await t.test('parameters: by name, by selector, missing', async t => {
  await create('limits', { max: '3' })
  const spec = {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    matchConstraints: rule(['secrets']),
    validations: [{ expression: 'object.metadata.name.size() <= int(params.data.max)', messageExpression: "'at most ' + params.data.max" }],
  }
  const secret = (name: string): Promise<Answered> => server.call('POST', `${space}/secrets`, { metadata: { name } })
  await withPolicy('validating', 'params', spec, { paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' } }, async () => {
    t.equal(messageOf(await secret('long')), 'at most 3')
    t.equal((await secret('abc')).status, 201)
    await server.call('PATCH', `${space}/configmaps/limits`, { data: { max: '4' } }, { 'content-type': 'application/merge-patch+json' })
    t.equal((await secret('long')).status, 201, 'a changed parameter counts at once')
  })
  await withPolicy('validating', 'none', spec, { paramRef: { name: 'absent', parameterNotFoundAction: 'Deny' } }, async () => {
    t.match(messageOf(await secret('a')), /no params found/)
  })
  await withPolicy('validating', 'none', spec, { paramRef: { selector: { matchLabels: { a: 'b' } }, parameterNotFoundAction: 'Allow' } }, async () => {
    t.equal((await secret('a-long-name')).status, 201)
  })
})

await t.test('Warn warns and lets pass; bindings narrow what a policy matches', async t => {
  const spec = { matchConstraints: rule(['configmaps']), validations: [{ expression: 'false', message: 'careful' }] }
  await withPolicy('validating', 'warns', spec, { validationActions: ['Warn', 'Audit'] }, async () => {
    const answer = await create('w')
    t.equal(answer.status, 201)
    t.match(String(answer.headers['warning']), /Validation failed for ValidatingAdmissionPolicy 'warns' with binding 'warns': careful/)
  })
  await withPolicy('validating', 'narrow', spec, { matchResources: { objectSelector: { matchLabels: { strict: 'yes' } } } }, async () => {
    t.equal((await create('n1')).status, 201)
    t.equal((await server.call('POST', `${space}/configmaps`, { metadata: { name: 'n2', labels: { strict: 'yes' } } })).status, 422)
  })
})

await t.test('policies and questions are never judged by policies', async t => {
  const spec = {
    matchConstraints: { resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }] },
    validations: [{ expression: 'false' }],
  }
  await withPolicy('validating', 'lockout', spec, {}, async () => {
    t.equal((await create('never')).status, 422)
    t.equal((await server.call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {})).status, 201)
  })
  t.equal((await create('never')).status, 201, 'the policy could be taken away')
})

await t.test('mutations: configurations merge, patches apply, later ones see earlier ones', async t => {
  const spec = {
    reinvocationPolicy: 'Never',
    matchConstraints: rule(['configmaps'], ['CREATE']),
    mutations: [
      {
        patchType: 'ApplyConfiguration',
        applyConfiguration: { expression: "Object{metadata: Object.metadata{labels: {'made': 'yes'}}, data: {'b': object.data.a + 'X'}}" },
      },
      {
        patchType: 'JSONPatch',
        jsonPatch: { expression: "[JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('x/y'), value: object.data.b}]" },
      },
      { patchType: 'JSONPatch', jsonPatch: { expression: "[JSONPatch{op: 'test', path: '/data/a', value: 'no'}, JSONPatch{op: 'remove', path: '/data/a'}]" } },
    ],
  }
  await withPolicy('mutating', 'mutate', spec, {}, async () => {
    const { body } = await create('mutated', { a: 'hi' })
    t.match(body, { data: { a: 'hi', b: 'hiX' }, metadata: { labels: { made: 'yes', 'x/y': 'hiX' } } })
    const failed = await create('failing', { c: 'd' })
    t.match(failed.body, { code: 403, reason: 'Invalid', message: /^policy 'mutate' with binding 'mutate' denied request: expression/ })
  })
})

await t.test('a configuration may not replace what is owned as a whole, nor misname its types', async t => {
  const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'registry.local/a' }] } }
  const spec = (expression: string): object => ({
    reinvocationPolicy: 'Never',
    matchConstraints: rule(['pods'], ['CREATE']),
    mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
  })
  await withPolicy('mutating', 'atomic', spec("Object{spec: Object.spec{tolerations: [Object.spec.tolerations{key: 'x'}]}}"), {}, async () => {
    t.match((await server.call('POST', `${space}/pods`, pod)).body, { code: 403, message: /may not mutate atomic arrays, maps or structs: .spec.tolerations/ })
  })
  await withPolicy('mutating', 'misnamed', spec('Object{spec: Object.metadata{}}'), {}, async () => {
    t.match((await server.call('POST', `${space}/pods`, pod)).body, {
      code: 403,
      message: /type mismatch: unexpected type name "Object.metadata", expected "Object.spec"/,
    })
  })
})

await t.test('IfNeeded runs a policy again when a later one changed the object', async t => {
  const count = (name: string, expression: string, reinvocationPolicy: string): object => ({
    reinvocationPolicy,
    matchConstraints: rule(['configmaps'], ['CREATE']),
    mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: `Object{data: {'${name}': ${expression}}}` } }],
  })
  const times = "string(has(object.data) && 'runs' in object.data ? int(object.data.runs) + 1 : 1)"
  await withPolicy('mutating', 'a-first', count('runs', times, 'IfNeeded'), {}, () =>
    withPolicy('mutating', 'b-second', count('late', "'yes'", 'Never'), {}, async () => {
      t.match((await create('again')).body, { data: { runs: '2', late: 'yes' } })
    }),
  )
  await withPolicy('mutating', 'a-first', count('runs', times, 'Never'), {}, () =>
    withPolicy('mutating', 'b-second', count('late', "'yes'", 'Never'), {}, async () => {
      t.match((await create('once')).body, { data: { runs: '1', late: 'yes' } })
    }),
  )
})

await t.test('what cannot be compiled is refused where it stands', async t => {
  const answer = await server.call('POST', `${group}/validatingadmissionpolicies`, {
    metadata: { name: 'wrong' },
    spec: {
      matchConstraints: rule(['configmaps']),
      matchConditions: [{ name: 'c', expression: 'variables.v' }],
      variables: [{ name: 'v', expression: 'object.' }],
      validations: [{ expression: 'variables.v == 1' }, { expression: '1' }, { expression: 'params.x' }, { expression: 'true', messageExpression: '1' }],
      auditAnnotations: [{ key: 'k', valueExpression: 'true' }],
    },
  })
  t.equal(answer.status, 422)
  t.same(
    (answer.body as { details: { causes: { field: string }[] } }).details.causes.map(cause => cause.field),
    [
      'spec.matchConditions[0].expression',
      'spec.variables[0].expression',
      'spec.validations[1].expression',
      'spec.validations[2].expression',
      'spec.validations[3].messageExpression',
      'spec.auditAnnotations[0].valueExpression',
    ],
  )
})
