import t from 'tap'
import { columnsOfVersion } from '../../../../api/custom/columns.ts'
import { parseJsonPath } from '../../../../api/custom/json-path.ts'
import type { KubeObject } from '../../../../api/object.ts'

const object = {
  metadata: { name: 'east', creationTimestamp: '2026-01-01T00:00:00Z', annotations: { 'a.b/c': 'note' } },
  spec: {
    a: 'text',
    n: 5,
    f: 1.5,
    b: true,
    l: ['p', 'q'],
    o: [
      { k: 'Ready', v: 'True', n: 2 },
      { k: 'Other', v: 'x', n: 1 },
    ],
  },
}

await t.test('paths', t => {
  const rows: [string, unknown[]][] = [
    ['.spec.a', ['text']],
    ['.spec.l[0]', ['p']],
    ['.spec.l[-1]', ['q']],
    ['.spec.l[0:1]', ['p']],
    ['.spec.l[*]', ['p', 'q']],
    ['.spec.o[*].k', ['Ready', 'Other']],
    ['.spec.o[?(@.k=="Ready")].v', ['True']],
    [".spec.o[?(@.k == 'Other')].v", ['x']],
    ['.spec.o[?(@.n>1)].k', ['Ready']],
    ['.spec.o[?(@.missing)].k', []],
    ['.metadata.annotations.a\\.b/c', ['note']],
    ["['spec']['a','n']", ['text', 5]],
    ['..k', ['Ready', 'Other']],
    ['.spec.none.deeper', []],
  ]
  for (const [path, found] of rows) t.same(parseJsonPath(path)?.(object), found, path)
  for (const bad of ['spec', '.a[', '.a[?(', '.a[x]']) t.equal(parseJsonPath(bad), undefined, bad)
  t.end()
})

await t.test('cells by type; what does not fit is empty', t => {
  const cell = (type: string, jsonPath: string): unknown =>
    columnsOfVersion({ name: 'v1', served: true, storage: true, additionalPrinterColumns: [{ name: 'C', type, jsonPath }] })[1]!.value(
      object as unknown as KubeObject,
      Date.parse('2026-01-01T00:05:00Z'),
    )
  t.equal(cell('string', '.spec.l'), '["p","q"]')
  t.equal(cell('string', '.spec.n'), '5')
  t.equal(cell('integer', '.spec.f'), 1)
  t.equal(cell('integer', '.spec.a'), null)
  t.equal(cell('boolean', '.spec.n'), null)
  t.equal(cell('number', '.spec.f'), 1.5)
  t.equal(cell('date', '.metadata.creationTimestamp'), '5m')
  t.equal(cell('date', '.spec.a'), '<invalid>')
  t.equal(cell('string', '.spec.none'), null)
  t.same(
    columnsOfVersion({ name: 'v1', served: true, storage: true }).map(c => c.name),
    ['Name', 'Age'],
  )
  t.end()
})
