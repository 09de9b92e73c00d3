import t from 'tap'
import { toFieldsV1 } from '../../../../api/patch/apply/field-set.ts'
import { toFieldSet } from '../../../../api/patch/apply/typed.ts'
import { toApplySchema, toMergeSchema } from '../../../../api/patch/patch-schema.ts'
import { applyStrategicMergePatch } from '../../../../api/patch/strategic-merge.ts'
import { schemaByName } from '../../../../api/schema/table.ts'

const pod = schemaByName('io.k8s.api.core.v1.Pod')!
const service = schemaByName('io.k8s.api.core.v1.Service')!
const plain = (value: unknown): never => JSON.parse(JSON.stringify(value)) as never

await t.test('the table tells which lists merge, and by what', async t => {
  const before = {
    spec: { containers: [{ name: 'a', env: [{ name: 'X', value: '1' }] }], tolerations: [{ key: 'k' }], nodeSelector: { a: '1' } },
    metadata: { finalizers: ['x'] },
  }
  const patch = {
    spec: { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }], tolerations: [{ key: 'l' }], nodeSelector: { b: '2' } },
    metadata: { finalizers: ['y'] },
  }
  t.same(plain(applyStrategicMergePatch(before, patch, toMergeSchema(pod))), {
    spec: {
      containers: [
        {
          name: 'a',
          env: [
            { name: 'Y', value: '2' },
            { name: 'X', value: '1' },
          ],
        },
      ],
      tolerations: [{ key: 'l' }],
      nodeSelector: { a: '1', b: '2' },
    },
    metadata: { finalizers: ['y', 'x'] },
  })
})

await t.test('the table tells what apply owns', async t => {
  t.same(
    toFieldsV1(
      toFieldSet(toApplySchema(service), {
        spec: { ports: [{ port: 80 }], selector: { a: '1' }, type: 'ClusterIP' },
        metadata: { labels: { l: '1' }, finalizers: ['x'] },
      }),
    ),
    {
      'f:metadata': { 'f:finalizers': { 'v:"x"': {} }, 'f:labels': { 'f:l': {} } },
      'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } }, 'f:selector': {}, 'f:type': {} },
    },
  )
})
