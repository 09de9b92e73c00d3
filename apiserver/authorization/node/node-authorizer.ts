// What an agent may do: read what its pods name, and write what is its own; admission/node-restriction.ts looks into the objects that it
// writes. Rules as upstream's Node authorizer has them; what they do not speak of is judged by the rules of ClusterRole system:node.
import { nodeRules } from '../../bootstrap/policy.ts'
import type { Attributes, Authorizer, Decision } from '../authorizer.ts'
import { ruleAllows } from '../rbac/rule.ts'
import type { NodeGraph, VertexKind } from './node-graph.ts'
import { nodeIdentity } from './node-identity.ts'

type Judge = (node: string, attributes: Attributes, graph: NodeGraph) => Decision

const allow: Decision = { decision: 'allow' }
const none = (reason = ''): Decision => ({ decision: 'none', ...(reason && { reason }) })

const judgeRelated = (kind: VertexKind, node: string, { namespace, name }: Attributes, graph: NodeGraph): Decision => {
  if (!name) return none('No Object name found')
  return graph.isRelated(node, kind, namespace, name) ? allow : none(`no relationship found between node '${node}' and this object`)
}

const selects = ({ fields = [] }: Attributes, field: string, value: string): boolean =>
  fields.some(r => r.field === field && r.operator === '=' && r.value === value)

const reading = (kind: VertexKind): Judge => {
  const verbs = new Set(['get', 'list', 'watch'])
  return (node, a, graph) => {
    if (!verbs.has(a.verb)) return none('can only read resources of this type')
    if (a.subresource) return none('cannot read subresource')
    if (!a.namespace) return none('can only read namespaced object of this type')
    return judgeRelated(kind, node, a, graph)
  }
}

const getting =
  (kind: VertexKind): Judge =>
  (node, a, graph) => {
    if (a.verb !== 'get') return none('can only get individual resources of this type')
    if (a.subresource) return none('cannot get subresource')
    return judgeRelated(kind, node, a, graph)
  }

const judgeClaim: Judge = (node, a, graph) => {
  if (a.subresource !== 'status') return getting('claim')(node, a, graph)
  return a.verb === 'update' || a.verb === 'patch' ? judgeRelated('claim', node, a, graph) : none('can only get/update/patch this type')
}

const judgeAccount: Judge = (node, a, graph) => {
  if (a.verb === 'get' && !a.subresource) return judgeRelated('account', node, a, graph)
  if (a.verb !== 'create' || !a.name) return none('can only create tokens for individual service accounts')
  if (a.subresource !== 'token') return none('can only create token subresource of serviceaccount')
  return judgeRelated('account', node, a, graph)
}

/** The object of the node's own name. On creation admission looks at the name. */
const own = (what: string): Judge => {
  const verbs = new Set(['get', 'create', 'update', 'patch', 'delete'])
  return (node, { verb, name }) => {
    if (!verbs.has(verb)) return none(`can only get, create, update, patch, or delete a ${what}`)
    return verb === 'create' || name === node ? allow : none(`can only access ${what} with the same name as the requesting node`)
  }
}

const nodeLeases = 'kube-node-lease'
const judgeLease: Judge = (node, a, graph) => {
  const decision = own('node lease')(node, a, graph)
  return a.namespace === nodeLeases || decision.decision === 'none' ? decision : none(`can only access leases in the "${nodeLeases}" system namespace`)
}

const judgeCsiNode: Judge = (node, a, graph) => {
  const decision = own('CSINode')(node, a, graph)
  return a.subresource && decision.decision !== 'none' ? none('cannot authorize CSINode subresources') : decision
}

const judgeSlice: Judge = (node, a, graph) => {
  if (a.subresource) return none('cannot authorize ResourceSlice subresources')
  switch (a.verb) {
    case 'create':
      return allow
    case 'get':
    case 'update':
    case 'patch':
    case 'delete':
      return judgeRelated('slice', node, a, graph)
    case 'list':
    case 'watch':
    case 'deletecollection':
      return selects(a, 'spec.nodeName', node) ? allow : none('can only list/watch/deletecollection resourceslices with nodeName field selector')
    default:
      return none('only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection')
  }
}

const judgeNode: Judge = (node, { verb, subresource, name }) => {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? allow : none()
  if (subresource) return none()
  switch (verb) {
    case 'create':
    case 'update':
    case 'patch':
      return allow
    case 'get':
    case 'list':
    case 'watch':
      if (name === node) return allow
      return none(name ? `node '${node}' cannot read '${name}', only its own Node object` : `node '${node}' cannot read all nodes, only its own Node object`)
    default:
      return none()
  }
}

const judgePod: Judge = (node, a, graph) => {
  const { verb, subresource, name } = a
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? allow : none()
  if (subresource === 'eviction') return verb === 'create' ? allow : none()
  if (subresource) return none()
  switch (verb) {
    case 'get':
      return judgeRelated('pod', node, a, graph)
    case 'list':
    case 'watch':
      if (selects(a, 'spec.nodeName', node)) return allow
      return name ? judgeRelated('pod', node, a, graph) : none('can only list/watch pods with spec.nodeName field selector')
    case 'create':
    case 'delete':
      return allow
    default:
      return none()
  }
}

const judges = new Map<string, Judge>([
  ['/secrets', reading('secret')],
  ['/configmaps', reading('configmap')],
  ['/persistentvolumeclaims', judgeClaim],
  ['/persistentvolumes', getting('volume')],
  ['resource.k8s.io/resourceclaims', getting('resourceclaim')],
  ['storage.k8s.io/volumeattachments', getting('attachment')],
  ['/serviceaccounts', judgeAccount],
  ['coordination.k8s.io/leases', judgeLease],
  ['storage.k8s.io/csinodes', judgeCsiNode],
  ['resource.k8s.io/resourceslices', judgeSlice],
  ['/nodes', judgeNode],
  ['/pods', judgePod],
])

export const createNodeAuthorizer = (graph: NodeGraph): Authorizer => {
  const rules = nodeRules()
  return {
    name: 'Node',
    authorize: attributes => {
      const identity = nodeIdentity(attributes.user)
      if (!identity) return none()
      const { nodeName } = identity
      if (!nodeName) return none(`unknown node for user ${JSON.stringify(attributes.user.name)}`)
      const judge = attributes.isResource ? judges.get(`${attributes.group}/${attributes.resource}`) : undefined
      if (judge) return judge(nodeName, attributes, graph)
      return rules.some(rule => ruleAllows(rule, attributes)) ? allow : none()
    },
    rulesOf: user => ({
      rules: [],
      incomplete: nodeIdentity(user) !== undefined,
      faults: nodeIdentity(user) ? ['node authorizer does not support user rule resolution'] : [],
    }),
  }
}
