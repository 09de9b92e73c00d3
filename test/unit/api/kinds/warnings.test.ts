// What is accepted, but not without a word.
import t from 'tap'
import { customResourceDefinitions } from '../../../../api/kinds/apiextensions/custom-resource-definition.ts'
import { deployments } from '../../../../api/kinds/apps/deployment.ts'
import { statefulSets } from '../../../../api/kinds/apps/stateful-set.ts'
import { cronJobs } from '../../../../api/kinds/batch/cron-job.ts'
import { jobs } from '../../../../api/kinds/batch/job.ts'
import { ingresses } from '../../../../api/kinds/networking/ingress.ts'
import { networkPolicies } from '../../../../api/kinds/networking/network-policy.ts'
import { runtimeClasses } from '../../../../api/kinds/node/runtime-class.ts'
import { csiDrivers } from '../../../../api/kinds/storage/csi-driver.ts'
import { storageClasses } from '../../../../api/kinds/storage/storage-class.ts'
import type { AnyResource } from '../../../../api/resource.ts'
import { stored } from './judge.ts'

const warn = (resource: AnyResource, given: object, before?: object): string[] =>
  resource.warnings?.(stored(resource, given), before && stored(resource, before)) ?? []

const template = { spec: { terminationGracePeriodSeconds: -1, containers: [{ name: 'c', image: 'i' }] } }
const negative = (path: string): string => `${path}.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`

await t.test('templates', t => {
  const at = 'spec.template'
  t.same(warn(deployments, { spec: { template } }), [negative(at)])
  t.same(warn(jobs, { spec: { template } }), [negative(at)])
  t.same(warn(cronJobs, { spec: { schedule: '* * * * *', jobTemplate: { spec: { template } } } }), [negative('spec.jobTemplate.spec.template')])
  t.same(warn(deployments, { metadata: { generation: 2 }, spec: { template } }, { metadata: { generation: 2 } }), [], 'nothing of it changed')
  t.same(warn(deployments, { metadata: { generation: 3 }, spec: { template } }, { metadata: { generation: 2 } }), [negative(at)])
  t.match(warn(deployments, { metadata: { name: 'a.b' }, spec: {} }), [/^metadata\.name: this is used in Pod names and hostnames, .*: \[.*\]$/])
  t.same(warn(deployments, { metadata: { name: 'a.b', generation: 2 }, spec: {} }, { metadata: { name: 'a.b' } }), [])
  t.end()
})

await t.test('single kinds', t => {
  const cases: readonly [AnyResource, object, string[]][] = [
    [
      statefulSets,
      { spec: { revisionHistoryLimit: -1 } },
      ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended'],
    ],
    [csiDrivers, { spec: { tokenRequests: [{ audience: 'a' }], serviceAccountTokenInSecrets: false } }, []],
    [
      runtimeClasses,
      { handler: 'h', scheduling: { nodeSelector: { 'beta.kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' } } },
      ['scheduling.nodeSelector: deprecated since v1.14; use "kubernetes.io/os" instead'],
    ],
    [
      storageClasses,
      { provisioner: 'p', allowedTopologies: [{ matchLabelExpressions: [{ key: 'failure-domain.beta.kubernetes.io/zone', values: ['a'] }] }] },
      ['allowedTopologies[0].matchLabelExpressions[0].key: deprecated since v1.17; use "topology.kubernetes.io/zone" instead'],
    ],
    [
      ingresses,
      { metadata: { annotations: { 'kubernetes.io/ingress.class': 'x' } } },
      [`annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`],
    ],
  ]
  for (const [resource, given, expected] of cases) t.same(warn(resource, given), expected, resource.kind)
  t.match(warn(csiDrivers, { spec: { tokenRequests: [{ audience: 'a' }] } }), [/^spec\.serviceAccountTokenInSecrets is unset/])
  t.match(warn(jobs, { spec: { completionMode: 'Indexed', completions: 100_001, parallelism: 10_001 } }), [/^spec: In Indexed Jobs/])
  t.match(warn(cronJobs, { spec: { schedule: 'TZ=UTC * * * * *', jobTemplate: {} } }), [/^CRON_TZ or TZ used in spec\.schedule/])
  const properties = { a: { type: 'string', format: 'odd' }, b: { type: 'integer', format: 'int64' }, format: { type: 'string', format: 'date-time' } }
  const schema = { openAPIV3Schema: { type: 'object', properties: { ...properties, list: { type: 'array', items: { type: 'string', format: 'odd' } } } } }
  const spec = { group: 'g', scope: 'Cluster', names: { plural: 'p', kind: 'K' }, versions: [{ name: 'v1', served: true, storage: true, schema }] }
  t.same(warn(customResourceDefinitions, { spec }), ['unrecognized format "odd"'])
  t.end()
})

t.same(
  warn(networkPolicies, {
    spec: {
      podSelector: {},
      ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.8/24' } }] }],
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.1/16'] } }] }],
    },
  }),
  [
    'spec.ingress[0].from[0].ipBlock.cidr: CIDR value "10.0.0.8/24" is ambiguous in this context (should be "10.0.0.0/24" or "10.0.0.8/32"?)',
    'spec.egress[0].to[0].ipBlock.except[0]: CIDR value "10.1.0.1/16" is ambiguous in this context (should be "10.1.0.0/16" or "10.1.0.1/32"?)',
  ],
)
