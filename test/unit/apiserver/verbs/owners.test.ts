import t from 'tap'
import { dedupeOwners } from '../../../../apiserver/verbs/metadata.ts'

const owner = (n: number, more: object = {}) => ({ apiVersion: 'v1', kind: 'Pod', name: `n${n}`, uid: `u${n}`, ...more })
const objectWith = (ownerReferences: ReturnType<typeof owner>[]) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', ownerReferences } })

void t.test('an owner named twice is kept once', async t => {
  const object = objectWith([owner(1), owner(2), owner(1), owner(1, { controller: true })])
  t.equal(dedupeOwners(object), true)
  t.same(object.metadata.ownerReferences, [owner(1), owner(2), owner(1, { controller: true })])
  t.equal(dedupeOwners(object), false)
})

void t.test('thousands of them take no time to speak of', async t => {
  const object = objectWith(Array.from({ length: 30_000 }, (_, i) => owner(i)))
  const began = performance.now()
  t.equal(dedupeOwners(object), false)
  t.ok(performance.now() - began < 1_000)
})
