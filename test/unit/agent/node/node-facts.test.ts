import { availableParallelism, totalmem } from 'node:os'
import t from 'tap'
import { completeAgentConfig, type AgentConfig } from '../../../../agent/config.ts'
import { readNodeFacts } from '../../../../agent/node/node-facts.ts'
import { toPaths } from '../../../../base/paths.ts'

const factsWith = (reserved?: AgentConfig['reserved']) =>
  readNodeFacts(completeAgentConfig({ nodeName: 'n', nodeIp: '192.0.2.1', containerdSocket: '/s', paths: toPaths('/r'), ...(reserved && { reserved }) }))

await t.test('what is reserved is kept from pods, to the thousandth of a core', async t => {
  const cpus = availableParallelism()
  t.equal((await factsWith()).allocatable['cpu'], String(cpus))
  const { allocatable, capacity } = await factsWith({ cpu: '200m', memory: '64Mi' })
  t.equal(allocatable['cpu'], `${cpus * 1000 - 200}m`)
  t.equal(capacity['cpu'], String(cpus))
  t.equal(parseInt(capacity['memory']!, 10) - parseInt(allocatable['memory']!, 10), 64 * 1024)
  t.match((await factsWith({ cpu: '100000', memory: `${totalmem() * 2}` })).allocatable, { cpu: '0', memory: '0Ki' })
})
