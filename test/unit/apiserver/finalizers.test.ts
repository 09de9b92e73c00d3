import t from 'tap'
import { deletionFinalizers, planDeletion, shouldDeleteDuringUpdate } from '../../../apiserver/verbs/finalizers.ts'
import type { DeleteOptions } from '../../../apiserver/verbs/options.ts'
import { defineResource } from '../../../api/resource.ts'

const now = Date.parse('2026-01-01T00:00:00Z')
const plain = defineResource({ group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true })
const graceful = defineResource({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  namespaced: true,
  defaultGraceSeconds: (o: any) => (o.spec?.nodeName ? 30 : 0),
})
const namespaces = defineResource({ group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false })
const options = (o: Partial<DeleteOptions> = {}): DeleteOptions => ({
  gracePeriodSeconds: undefined,
  propagationPolicy: undefined,
  orphanDependents: undefined,
  preconditions: undefined,
  dryRun: false,
  ...o,
})
const object = (metadata: object, rest: object = {}): any => ({
  kind: 'X',
  apiVersion: 'v1',
  metadata: { name: 'a', resourceVersion: '7', ...metadata },
  ...rest,
})

await t.test('an object that nothing holds is removed at once', async t => {
  t.same(planDeletion(plain, object({}), options(), now), { step: 'remove' })
  t.same(planDeletion(plain, object({}), options({ gracePeriodSeconds: 30 }), now), { step: 'remove' }, 'grace means nothing to a kind without it')
})

await t.test('finalizers keep it, marked', async t => {
  const plan = planDeletion(plain, object({ finalizers: ['example.com/f'], generation: 3 }), options(), now)
  t.match(plan, {
    step: 'mark',
    remove: false,
    object: { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0, generation: 4 } },
  })
  t.notOk((plan as any).object.metadata.resourceVersion, 'what is stored carries no version')
})

await t.test('propagation becomes a finalizer', async t => {
  t.same(deletionFinalizers(plain, object({}), options({ propagationPolicy: 'Foreground' })), ['foregroundDeletion'])
  t.same(deletionFinalizers(plain, object({}), options({ propagationPolicy: 'Orphan' })), ['orphan'])
  t.equal(deletionFinalizers(plain, object({}), options({ propagationPolicy: 'Background' })), undefined)
  t.same(deletionFinalizers(plain, object({ finalizers: ['orphan', 'x/y'] }), options({ propagationPolicy: 'Foreground' })), ['x/y', 'foregroundDeletion'])
  t.same(deletionFinalizers({ ...plain, defaultPropagation: 'Orphan' }, object({}), options()), ['orphan'])
})

await t.test('grace', async t => {
  const onNode = { spec: { nodeName: 'n' } }
  t.match(planDeletion(graceful, object({ generation: 1 }, onNode), options(), now), {
    step: 'mark',
    remove: false,
    object: { metadata: { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30, generation: 2 } },
  })
  t.match(planDeletion(graceful, object({}, onNode), options({ gracePeriodSeconds: 0 }), now), { step: 'mark', remove: true })
  t.match(planDeletion(graceful, object({}, onNode), options({ gracePeriodSeconds: -5 }), now), {
    step: 'mark',
    remove: false,
    object: { metadata: { deletionGracePeriodSeconds: 1 } },
  })
  t.match(planDeletion(graceful, object({}, {}), options({ gracePeriodSeconds: 25 }), now), { step: 'mark', remove: true }, 'a pod without a node goes at once')
  const going = object({ deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 }, onNode)
  t.same(planDeletion(graceful, going, options(), now), { step: 'pending' })
  t.same(planDeletion(graceful, going, options({ gracePeriodSeconds: 60 }), now), { step: 'pending' }, 'grace is never lengthened')
  t.match(planDeletion(graceful, going, options({ gracePeriodSeconds: 5 }), now), {
    step: 'mark',
    object: { metadata: { deletionTimestamp: '2026-01-01T00:00:05Z', deletionGracePeriodSeconds: 5 } },
  })
})

await t.test('the last finalizer of a deleted object takes it along', async t => {
  const deleted = { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 }
  t.equal(shouldDeleteDuringUpdate(plain, object(deleted)), true)
  t.equal(shouldDeleteDuringUpdate(plain, object({ ...deleted, finalizers: ['x/y'] })), false)
  t.equal(shouldDeleteDuringUpdate(plain, object({ ...deleted, deletionGracePeriodSeconds: 30 })), false)
  t.equal(shouldDeleteDuringUpdate(plain, object({})), false)
  t.equal(shouldDeleteDuringUpdate(namespaces, object(deleted, { spec: { finalizers: ['kubernetes'] } })), false, 'a namespace waits for its content')
})
