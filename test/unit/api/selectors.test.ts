import t from 'tap'
import { compileLabelSelector, formatLabelSelector, matchesLabelSelector, parseFieldSelector, parseLabelSelector } from '../../../api/selectors.ts'
import { StatusError } from '../../../api/status.ts'

const labels = { env: 'prod', tier: 'web', 'example.com/x': '', n: '7' }

await t.test('label selectors select', async t => {
  const cases: [string, boolean][] = [
    ['', true],
    ['env=prod', true],
    ['env==prod', true],
    ['env!=prod', false],
    ['none!=x', true],
    ['env in (prod, dev)', true],
    ['env notin (prod)', false],
    ['env', true],
    ['!env', false],
    ['! none', true],
    ['env=prod,tier=db', false],
    ['example.com/x=', true],
    ['env=', false],
    ['n>6', true],
    ['n gt 7', false],
    ['n<8', true],
    ['env>1', false],
    ['env in ()', false],
    ['example.com/x in ()', true],
    ['env in (,)', false],
    ['in=x', false],
    ['env=in', false],
  ]
  for (const [text, expected] of cases) t.equal(parseLabelSelector(text).matches(labels), expected, text)
  t.notOk(parseLabelSelector('constructor').matches({}), 'inherited members are no labels')
})

await t.test('malformed label selectors are refused with 400', async t => {
  for (const text of [
    'env in',
    'env in prod',
    'env in (prod',
    '(env)',
    'env=(a)',
    'bad key=x',
    'a/b/c=x',
    '/x=y',
    'env=bad value',
    'env=-x',
    'env=x!',
    '!env=x',
    'a===',
    'env,',
    'n>x',
    `${'k'.repeat(64)}=v`,
  ])
    t.throws(() => parseLabelSelector(text), { code: 400, reason: 'BadRequest' }, text)
})

await t.test('selector objects', async t => {
  t.notOk(matchesLabelSelector(undefined, labels), 'absent selects nothing')
  t.ok(matchesLabelSelector({}, labels), 'empty selects everything')
  const selector = {
    matchLabels: { env: 'prod' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['web', 'db'] },
      { key: 'z', operator: 'DoesNotExist' },
    ],
  }
  t.ok(matchesLabelSelector(selector, labels))
  t.notOk(compileLabelSelector(selector).matches({ ...labels, z: '1' }))
  t.equal(formatLabelSelector(selector), 'env=prod,tier in (db,web),!z')
})

await t.test('field selectors', async t => {
  const fields = { 'metadata.name': 'a', 'metadata.namespace': 'n' }
  const cases: [string, boolean][] = [
    ['', true],
    [',', true],
    ['=', true],
    ['metadata.name=a', true],
    ['metadata.name==a', true],
    ['metadata.name!=a', false],
    ['metadata.name=a,,', true],
    ['metadata.name=', false],
    ['metadata.name=a\\,b', false],
  ]
  for (const [text, expected] of cases) t.equal(parseFieldSelector(text).matches(fields), expected, text)
  t.same(parseFieldSelector('a.b!=c\\=d').requirements, [{ field: 'a.b', operator: '!=', value: 'c=d' }])
  for (const text of ['a', 'metadata.name=a=b', 'metadata.name>a', 'metadata.name=a\\']) t.throws(() => parseFieldSelector(text), StatusError, text)
})
