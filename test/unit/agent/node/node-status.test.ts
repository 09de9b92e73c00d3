import t from 'tap'
import { completeAgentConfig } from '../../../../agent/config.ts'
import { isReady, toNodeStatus, type NodeObservation } from '../../../../agent/node/node-status.ts'
import { toPaths } from '../../../../base/paths.ts'
import { now } from '../scenes.ts'

const config = completeAgentConfig({ nodeName: 'n', nodeIp: '192.0.2.1', containerdSocket: '/s', paths: toPaths('/r') })
const facts = { capacity: {}, allocatable: {}, memoryBytes: 0, info: {} as never }
const fine = [
  { type: 'RuntimeReady', status: true, reason: '', message: '' },
  { type: 'NetworkReady', status: true, reason: '', message: '' },
]
const observe = (more: Partial<NodeObservation> = {}): NodeObservation => ({
  runtime: fine,
  runtimeVersion: 'containerd://1',
  network: undefined,
  images: [],
  apiPort: 10250,
  ...more,
})
const readyOf = (o: NodeObservation) => toNodeStatus(config, facts, o, [], now).conditions?.find(c => c.type === 'Ready')

await t.test('Ready needs the runtime, its network and ours', async t => {
  t.match(readyOf(observe()), { status: 'True', reason: 'KubeletReady' })
  t.match(readyOf(observe({ runtime: undefined, runtimeError: 'gone' })), { status: 'False', message: 'container runtime is down: gone' })
  t.match(readyOf(observe({ runtime: [fine[0]!, { type: 'NetworkReady', status: false, reason: 'NetworkPluginNotReady', message: 'no conf' }] })), {
    message: 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:no conf',
  })
  t.notOk(isReady(observe({ network: { ready: false, message: 'x' } })))
})

await t.test('a condition keeps its transition time, images are the largest fifty', async t => {
  const first = toNodeStatus(config, facts, observe(), [], now)
  const second = toNodeStatus(config, facts, observe(), first.conditions ?? [], now + 60_000)
  t.same(
    second.conditions?.map(c => c.lastTransitionTime),
    first.conditions?.map(c => c.lastTransitionTime),
  )
  t.not(second.conditions?.[0]?.lastHeartbeatTime, first.conditions?.[0]?.lastHeartbeatTime)
  const images = Array.from({ length: 60 }, (_, i) => ({
    id: String(i),
    repoTags: [`i:${i}`],
    repoDigests: [],
    size: String(i),
    uid: null,
    username: '',
    pinned: false,
  }))
  const shown = toNodeStatus(config, facts, observe({ images }), [], now).images
  t.equal(shown?.length, 50)
  t.equal(shown?.[0]?.sizeBytes, 59)
})
