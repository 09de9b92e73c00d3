import t from 'tap'
import { SortedTree } from '../../../store/tree.ts'

interface Item {
  key: string
  value: number
}

const keyOf = (n: number): string => `/k/${String(n).padStart(6, '0')}`
const all = (tree: SortedTree<Item>): Item[] => [...tree.range('', '\uffff')]

void t.test('agrees with a sorted map through many random changes, and old versions stay', async t => {
  let seed = 42
  const random = (n: number): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % n
  let tree = SortedTree.empty<Item>()
  const model = new Map<string, number>()
  const kept: { tree: SortedTree<Item>; state: Item[] }[] = []
  const state = (): Item[] => [...model].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => ({ key, value }))
  // Grow, then churn, then shrink to nothing: splits and joins of leaves and branches.
  for (let i = 0; i < 30_000; i++) {
    const key = keyOf(random(9000))
    const remove = i > 22_000 ? random(10) < 9 : i > 12_000 ? random(2) === 0 : random(10) === 0
    if (remove) {
      model.delete(key)
      tree = tree.without(key)
    } else {
      model.set(key, i)
      tree = tree.with({ key, value: i })
    }
    if (tree.size !== model.size) throw new Error(`size ${tree.size}, not ${model.size}, after ${i}`)
    if (i % 3000 === 0) kept.push({ tree, state: state() })
  }
  t.strictSame(all(tree), state())
  for (const { tree: old, state: was } of kept) t.strictSame(all(old), was)
  for (const key of [...model.keys()]) tree = tree.without(key)
  t.equal(tree.size, 0)
  t.strictSame(all(tree), [])
  t.strictSame(all(tree.with({ key: 'a', value: 1 })), [{ key: 'a', value: 1 }])
})

void t.test('ranges, counts and lookups at every boundary', async t => {
  for (const size of [0, 1, 47, 48, 49, 64, 65, 2304, 2305, 5000]) {
    const items = Array.from({ length: size }, (_, i) => ({ key: keyOf(i * 2), value: i }))
    const tree = SortedTree.from(items)
    t.strictSame(all(tree), items)
    t.equal(tree.size, size)
    for (const from of [0, 1, 47, 96, 97, 4608, 9998, 10_001]) {
      for (const to of [0, 1, 50, 4609, 10_001]) {
        const expected = items.filter(x => x.key >= keyOf(from) && x.key < keyOf(to))
        t.equal(tree.count(keyOf(from), keyOf(to)), expected.length)
        t.strictSame([...tree.range(keyOf(from), keyOf(to))], expected)
      }
    }
    t.equal(tree.get(keyOf(2))?.value, size > 1 ? 1 : undefined)
    t.equal(tree.get(keyOf(3)), undefined)
    t.equal(tree.without(keyOf(3)), tree, 'nothing to remove')
  }
})

void t.test('a range can be iterated again, and left early', async t => {
  const range = SortedTree.from(Array.from({ length: 500 }, (_, i) => ({ key: keyOf(i), value: i }))).range(keyOf(100), keyOf(400))
  for (const item of range) if (item.value === 150) break
  t.equal([...range].length, 300)
})
