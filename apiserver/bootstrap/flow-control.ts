// The flow schemas and priority levels that a Kubernetes 1.36 server makes for itself. Those of the names `exempt` and `catch-all` are
// mandatory; the others are suggestions that their annotation lets people keep as they changed them.
import { mandatoryFlowSchemas, mandatoryLevels } from '../../api/kinds/flowcontrol/mandatory.ts'
import type { KubeObject } from '../../api/object.ts'
import type { FlowSchemaSpec } from '../../api/types/flowcontrol-v1.ts'
import type { Parts } from '../context.ts'
import { sameValue } from '../verbs/metadata.ts'
import { danglingCondition } from '../fairness/dangling.ts'
import { reconcileObject } from '../own-objects.ts'

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1'
const autoUpdate = 'apf.kubernetes.io/autoupdate-spec'

const queued = (nominalConcurrencyShares: number, lendablePercent: number, queues: number, handSize: number): object => ({
  type: 'Limited',
  limited: {
    nominalConcurrencyShares,
    lendablePercent,
    limitResponse: { type: 'Queue', queuing: { queues, handSize, queueLengthLimit: 50 } },
  },
})

const levels: Readonly<Record<string, object>> = {
  ...Object.fromEntries(mandatoryLevels),
  'global-default': queued(20, 50, 128, 6),
  'leader-election': queued(10, 0, 16, 4),
  'node-high': queued(40, 25, 64, 6),
  'system': queued(30, 33, 64, 6),
  'workload-high': queued(40, 50, 128, 6),
  'workload-low': queued(100, 90, 128, 6),
}

const user = (name: string): object => ({ kind: 'User', user: { name } })
const group = (name: string): object => ({ kind: 'Group', group: { name } })
const systemAccounts = { kind: 'ServiceAccount', serviceAccount: { name: '*', namespace: 'kube-system' } }
const everybody = [group('system:unauthenticated'), group('system:authenticated')]

const resources = (verbs: readonly string[], apiGroups: readonly string[], names: readonly string[], clusterScope: boolean): object => ({
  verbs,
  apiGroups,
  resources: names,
  ...(clusterScope && { clusterScope }),
  namespaces: ['*'],
})
const everything = { resourceRules: [resources(['*'], ['*'], ['*'], true)], nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }] }

interface Schema {
  readonly name: string
  readonly precedence: number
  readonly level: string
  readonly by?: 'ByUser' | 'ByNamespace'
  readonly subjects: readonly object[]
  readonly rules?: object
}

const schemas: readonly Schema[] = [
  {
    name: 'probes',
    precedence: 2,
    level: 'exempt',
    subjects: everybody,
    rules: { nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] },
  },
  {
    name: 'system-leader-election',
    precedence: 100,
    level: 'leader-election',
    by: 'ByUser',
    subjects: [user('system:kube-controller-manager'), user('system:kube-scheduler'), systemAccounts],
    rules: { resourceRules: [resources(['get', 'create', 'update'], ['coordination.k8s.io'], ['leases'], false)] },
  },
  {
    name: 'system-node-high',
    precedence: 400,
    level: 'node-high',
    by: 'ByUser',
    subjects: [group('system:nodes')],
    rules: { resourceRules: [resources(['*'], [''], ['nodes', 'nodes/status'], true), resources(['*'], ['coordination.k8s.io'], ['leases'], false)] },
  },
  { name: 'system-nodes', precedence: 500, level: 'system', by: 'ByUser', subjects: [group('system:nodes')] },
  { name: 'kube-controller-manager', precedence: 800, level: 'workload-high', by: 'ByNamespace', subjects: [user('system:kube-controller-manager')] },
  { name: 'kube-scheduler', precedence: 800, level: 'workload-high', by: 'ByNamespace', subjects: [user('system:kube-scheduler')] },
  { name: 'kube-system-service-accounts', precedence: 900, level: 'workload-high', by: 'ByNamespace', subjects: [systemAccounts] },
  { name: 'service-accounts', precedence: 9000, level: 'workload-low', by: 'ByUser', subjects: [group('system:serviceaccounts')] },
  { name: 'global-default', precedence: 9900, level: 'global-default', by: 'ByUser', subjects: everybody },
]

const toSpec = ({
  precedence,
  level,
  by,
  subjects,
  rules = everything,
}: Schema): Pick<FlowSchemaSpec, 'priorityLevelConfiguration'> & Readonly<Record<string, unknown>> => ({
  priorityLevelConfiguration: { name: level },
  matchingPrecedence: precedence,
  ...(by && { distinguisherMethod: { type: by } }),
  rules: [{ subjects, ...rules }],
})

const isMandatory = (name: string): boolean => name === 'exempt' || name === 'catch-all'

/** A stored spec is ours to bring up to date while the annotation says so, or nobody touched it. */
const isOurs = ({ metadata }: KubeObject): boolean => {
  const says = metadata.annotations?.[autoUpdate]
  return says === 'true' || (says !== 'false' && metadata.generation === 1)
}

export const ensureFlowControl = async (parts: Pick<Parts, 'store' | 'clock' | 'table'>): Promise<void> => {
  const ensure = async (plural: string, kind: string, name: string, spec: object, status: object): Promise<void> => {
    const served = parts.table.stored(`${plural}.flowcontrol.apiserver.k8s.io`)
    await reconcileObject(parts, served, served.keyOf('', name), current => {
      if (!current) return { kind, apiVersion, metadata: { name, generation: 1, annotations: { [autoUpdate]: 'true' } }, spec, status } as KubeObject
      if (!isMandatory(name) && !isOurs(current)) return undefined
      const { metadata } = current
      if (sameValue((current as { spec?: unknown }).spec, spec)) return undefined
      return {
        ...current,
        metadata: { ...metadata, generation: (metadata.generation ?? 0) + 1, annotations: { ...metadata.annotations, [autoUpdate]: 'true' } },
        spec,
      } as KubeObject
    })
  }
  await Promise.all([
    ...Object.entries(levels).map(([name, spec]) => ensure('prioritylevelconfigurations', 'PriorityLevelConfiguration', name, spec, {})),
    ...[...mandatoryFlowSchemas, ...schemas.map(schema => [schema.name, toSpec(schema)] as const)].map(([name, spec]) =>
      ensure('flowschemas', 'FlowSchema', name, spec, {
        conditions: [danglingCondition(spec.priorityLevelConfiguration.name, true, parts.clock.now())],
      }),
    ),
  ])
}
