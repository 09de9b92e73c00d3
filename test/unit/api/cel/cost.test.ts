import t from 'tap'
import { createEnvironment } from '../../../../api/cel/environment.ts'
import { type CelType, dynType, intType, listType, mapType, objectType, stringType } from '../../../../api/cel/type.ts'

const limited = (type: CelType, maxElements: number): CelType => ({ ...type, maxElements })
const self = limited(
  objectType('self', [
    { name: 'name', type: limited(stringType, 40) },
    { name: 'other', type: limited(stringType, 100) },
    { name: 'count', type: limited(intType, 0) },
    { name: 'items', type: limited(listType(limited(stringType, 10)), 5) },
    { name: 'labels', type: limited(mapType(limited(stringType, 0), limited(stringType, 20)), 4) },
    { name: 'unbounded', type: limited(listType(limited(listType(limited(intType, 0)), 1_000_000)), 1_000_000) },
  ]),
  0,
)
const environment = createEnvironment({ variables: { self } })
const compile = (expression: string) => {
  const compiled = environment.compile(expression)
  if (!compiled.ok) throw new Error(compiled.message)
  return compiled.program
}
const value = { self: { name: 'abcdefghijkl', other: 'x', count: 3, items: ['a', 'b', 'c'], labels: { a: 'b' }, unbounded: [] } }

await t.test('a step costs what cel-go and Kubernetes charge', async t => {
  const cases: readonly (readonly [string, number])[] = [
    ['1', 0],
    ['self.count', 2],
    ['self.count + 1', 3],
    ["self.labels['a']", 3],
    ['self.name == self.other', 5],
    ["self.name + 'x'", 4],
    ["self.name.startsWith('abc')", 4],
    ["self.name.contains('bcd')", 4],
    ["self.name.matches('^[a-z]+$')", 6],
    ['self.items.size()', 3],
    ["'b' in self.items", 5],
    ["self.other in ['x', 'y']", 2],
    ['has(self.name)', 1],
    // Two for the range; four an item of which one is the comparison, the accumulator and its test; one for the result.
    ["self.items.all(x, x != 'z')", 18],
    ['[self.count, 1]', 12],
    ["{'a': self.count}", 32],
    ['true || self.count == 1', 0],
    ["self.name.split('c').size()", 6],
    ['self.items.isSorted()', 2],
  ]
  for (const [expression, cost] of cases) {
    const result = compile(expression).evaluate(value)
    t.ok(result.ok, expression)
    t.equal(result.cost, cost, expression)
  }
})

await t.test('evaluation stops at its limit', async t => {
  const program = compile("self.items.all(x, self.items.all(y, x != '' && y != ''))")
  const result = program.evaluate(value, { costLimit: 20 })
  t.match(result, { ok: false, error: { kind: 'cost', message: 'operation cancelled: actual cost limit exceeded' } })
  t.ok(program.evaluate(value).ok)
})

await t.test('the static estimate follows what is declared', async t => {
  const cases: readonly (readonly [string, number, number])[] = [
    ['self.count + 1', 3, 3],
    // The shorter of both, a tenth per code point.
    ['self.name == self.other', 5, 8],
    ["self.name.startsWith('abc')", 3, 3],
    ["self.name + 'x'", 3, 7],
    ["self.name.contains('bcd')", 2, 6],
    ["self.name.matches('^[a-z]+$')", 4, 12],
    ['self.items.size() < 3', 4, 4],
    ["self.items.exists(x, x == 'a')", 3, 33],
    ['self.items.map(x, x + x).size()', 14, 94],
    ['has(self.name) || self.count == 1', 1, 3],
    ['self.count == 1 ? self.name : self.other', 4, 4],
    ["self.labels.all(k, self.labels[k] != '')", 3, 31],
    ["self.name.split('').join('-')", 2, Infinity],
    ['self.unbounded.all(l, l.all(x, x > 0))', 3, 5_000_005_000_003],
  ]
  for (const [expression, min, max] of cases) t.same(compile(expression).estimateCost(), { min, max }, expression)
})

await t.test('what a rule reads is known', async t => {
  const compiled = createEnvironment({ variables: { self, oldSelf: self } }).compile('self.items.all(oldSelf2, oldSelf2 != oldSelf.name)')
  t.ok(compiled.ok)
  if (!compiled.ok) return
  t.ok(compiled.program.references('oldSelf'))
  t.notOk(compiled.program.references('oldSelf2'), 'a variable of a macro is none of the environment')
})

await t.test('no expression, however hostile, goes on for long', { timeout: 20_000 }, async t => {
  const hostile = createEnvironment({ variables: { object: dynType } })
  const object = { l: Array.from({ length: 2000 }, (_, i) => i), s: 'a'.repeat(50_000) }
  const run = (expression: string): string => {
    const compiled = hostile.compile(expression)
    if (!compiled.ok) return 'compile'
    const result = compiled.program.evaluate({ object })
    return result.ok ? 'ok' : result.error.kind
  }
  const nested = (open: string, depth: number, close: string): string => open.repeat(depth) + '1' + close.repeat(depth)
  const cases: readonly (readonly [string, string])[] = [
    ['object.l.all(x, object.l.all(y, object.l.all(z, x + y + z > -1)))', 'cost'],
    ["object.s.matches('^(a+)+$')", 'ok'],
    ["object.s.matches('(.*.*.*.*)*b')", 'ok'],
    ["object.s.find('(a|aa)+$') == ''", 'ok'],
    ["object.s.replace('a', object.s).size() > 0", 'evaluation'],
    ['lists.range(1000000000).size() > 0', 'cost'],
    ['lists.range(2000).map(x, object.l).flatten().distinct().size() > 0', 'evaluation'],
    ['object.l.sort().distinct().size() > 0', 'cost'],
    ["object.s.split('').join(object.s).size() > 0", 'evaluation'],
    [nested('(', 1000, ')'), 'compile'],
    [nested('[', 1000, ']'), 'compile'],
    [`1${' + 1'.repeat(1000)} > 0`, 'compile'],
    [`true${' && true'.repeat(10_000)}`, 'ok'],
    [`'${'a'.repeat(100_001)}' == ''`, 'compile'],
    ["'%.9999f'.format([1.0]) == ''", 'evaluation'],
  ]
  for (const [expression, expected] of cases) {
    const before = performance.now()
    t.equal(run(expression), expected, expression.slice(0, 80))
    t.ok(performance.now() - before < 3000, `in time: ${expression.slice(0, 80)}`)
  }
})
