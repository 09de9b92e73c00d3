// What the Node authorizer cannot see from a request alone: a node writes its own Node, Lease and CSINode, the status of its own pods, mirror
// pods that name nothing of the cluster, and asks for tokens of its own pods. Rules as upstream's plugin of that name.
import type { KubeObject } from '../../api/object.ts'
import { notFound } from '../../api/status.ts'
import type { Node, PersistentVolumeClaim, Pod } from '../../api/types/core-v1.ts'
import { authorize } from '../authorization/authorizer.ts'
import { nodeIdentity } from '../authorization/node/node-identity.ts'
import { mirrorAnnotation, podReferences } from '../authorization/node/references.ts'
import { sameValue } from '../verbs/metadata.ts'
import type { Loose } from '../../api/validation/loose.ts'
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts'
import { readCertificateSubject } from './certificate-subject.ts'
import { lookUp } from './look-up.ts'
import { forbiddenNodeLabels } from './node-labels.ts'
import { refuse } from './refuse.ts'
import type { AdmissionDeps } from './registry.ts'
import { podAudiences } from './pod-audiences.ts'

/** Admission sees objects before they are judged: any field may be missing. */
const asPod = (object: unknown): Loose<Pod> => object as Loose<Pod>
const asNode = (object: unknown): Loose<Node> => object as Loose<Node>
const asClaim = (object: unknown): Loose<PersistentVolumeClaim> => object as Loose<PersistentVolumeClaim>

/** A fault in words, or nothing. */
type Fault = string | undefined
type Judge = (node: string, request: AdmissionRequest, deps: AdmissionDeps) => Promise<Fault> | Fault

const findPod = async ({ store, table }: AdmissionDeps, namespace: string, name: string): Promise<Loose<Pod>> => {
  const pods = table.stored('pods')
  const pod = await lookUp<KubeObject>(store, pods.keyOf(namespace, name))
  if (!pod) throw notFound(pods.record, name)
  return asPod(pod)
}

const sameOr = (a: unknown, b: unknown): boolean => sameValue(a ?? null, b ?? null)

const references: Readonly<Record<string, string>> = {
  account: 'a service account',
  secret: 'secrets',
  configmap: 'configmaps',
  claim: 'persistentvolumeclaims',
  resourceclaim: 'resourceclaims',
}

/** A mirror pod is the image of one that the node runs by itself: it must give the node nothing. */
const faultOfMirror = async (node: string, pod: Loose<Pod>, { store, table }: AdmissionDeps): Promise<Fault> => {
  const who = `node ${JSON.stringify(node)}`
  if (pod.metadata?.annotations?.[mirrorAnnotation] === undefined)
    return `pod does not have "${mirrorAnnotation}" annotation, ${who} can only create mirror pods`
  if (pod.spec?.nodeName !== node) return `${who} can only create pods with spec.nodeName set to itself`
  const [owner, ...others] = pod.metadata.ownerReferences ?? []
  if (others.length) return `${who} can only create pods with a single owner reference set to itself`
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) return `${who} can only create pods with an owner reference set to itself`
  if (!owner.controller) return `${who} can only create pods with a controller owner reference set to itself`
  if (owner.blockOwnerDeletion) return `${who} must not set blockOwnerDeletion on an owner reference`
  const nodes = table.stored('nodes')
  const stored = await lookUp<KubeObject>(store, nodes.keyOf('', node))
  if (!stored) throw notFound(nodes.record, node)
  if (stored.metadata.uid !== owner.uid) return `node ${node} UID mismatch: expected ${owner.uid} got ${stored.metadata.uid ?? ''}`
  const [reference] = podReferences(pod)
  if (reference) return `${who} can not create pods that reference ${references[reference.kind] ?? reference.kind}`
  const sources = (pod.spec.volumes ?? []).flatMap(volume => volume.projected?.sources ?? [])
  if (sources.some(source => source.clusterTrustBundle)) return `${who} can not create pods that reference clustertrustbundles`
  if (pod.spec.resourceClaims?.length) return `${who} can not create pods that reference resourceclaims`
  return undefined
}

const judgePod: Judge = async (node, { operation, namespace, name, object }, deps) => {
  if (operation === 'CREATE') return faultOfMirror(node, asPod(object), deps)
  if (operation !== 'DELETE') return `unexpected operation "${operation}", node ${JSON.stringify(node)} can only create and delete mirror pods`
  const pod = await findPod(deps, namespace, name)
  return pod.spec?.nodeName === node ? undefined : `node ${JSON.stringify(node)} can only delete pods with spec.nodeName set to itself`
}

const judgePodStatus: Judge = (node, { operation, object, old }) => {
  if (operation !== 'UPDATE') return `unexpected operation "${operation}"`
  const [before, after] = [asPod(old), asPod(object)]
  const who = `node ${JSON.stringify(node)}`
  if (before.spec?.nodeName !== node) return `${who} can only update pod status for pods with spec.nodeName set to itself`
  if (!sameValue(before.metadata?.labels ?? {}, after.metadata?.labels ?? {})) return `${who} cannot update labels through pod status`
  if (!sameOr(before.status?.resourceClaimStatuses, after.status?.resourceClaimStatuses)) return `${who} cannot update resource claim statues`
  if (!sameOr(before.status?.extendedResourceClaimStatus, after.status?.extendedResourceClaimStatus))
    return `${who} cannot update extended resource claim statues`
  return undefined
}

const judgeEviction: Judge = async (node, { operation, namespace, name, object }, deps) => {
  if (operation !== 'CREATE') return `unexpected operation ${operation}`
  const pod = await findPod(deps, namespace, name || (object?.metadata.name ?? ''))
  return pod.spec?.nodeName === node ? undefined : `node ${node} can only evict pods with spec.nodeName set to itself`
}

const judgeOtherPodPart: Judge = (_node, { subresource }) => `unexpected pod subresource "${subresource}", only 'status' and 'eviction' are allowed`

const judgeNode: Judge = (node, { operation, name, object, old }) => {
  const who = `node ${JSON.stringify(node)}`
  if (name !== node) return `${who} is not allowed to modify node ${JSON.stringify(name)}`
  if (operation !== 'CREATE' && operation !== 'UPDATE') return undefined
  const [after, before] = [asNode(object), old && asNode(old)]
  // What the configuration source names would become readable to the node.
  if (after.spec?.configSource && !(before && sameValue(after.spec.configSource, before.spec?.configSource)))
    return `${who} is not allowed to ${before ? 'update' : 'create pods with a'} configSource to a new non-nil configSource`
  if (before && !sameOr(after.spec?.taints, before.spec?.taints)) return `${who} is not allowed to modify taints`
  if (before && !sameOr(after.metadata?.ownerReferences, before.metadata?.ownerReferences)) return `${who} is not allowed to modify ownerReferences`
  const labels = forbiddenNodeLabels(after.metadata?.labels, before?.metadata?.labels)
  if (labels.length)
    return before ? `is not allowed to modify labels: ${labels.join(', ')}` : `${who} is not allowed to set the following labels: ${labels.join(', ')}`
  return undefined
}

/** Everything but what a node may report of a claim. */
const withoutProgress = ({ metadata, status, ...rest }: Loose<PersistentVolumeClaim>): unknown => {
  const { resourceVersion: _r, managedFields: _m, ...kept } = metadata ?? {}
  const { capacity: _c, conditions: _d, allocatedResources: _a, allocatedResourceStatuses: _s, ...left } = status ?? {}
  return { ...rest, metadata: kept, status: left }
}

const judgeClaim: Judge = (node, { operation, subresource, object, old }) => {
  if (subresource !== 'status') return 'may only update PVC status'
  if (operation !== 'UPDATE') return `unexpected operation "${operation}"`
  const [before, after] = [old, object].map(claim => withoutProgress(asClaim(claim)))
  return sameValue(before, after) ? undefined : `node ${JSON.stringify(node)} is not allowed to update fields other than status.capacity and status.conditions`
}

interface TokenRequest {
  readonly spec?: { readonly audiences?: readonly string[]; readonly boundObjectRef?: { apiVersion?: string; kind?: string; name?: string; uid?: string } }
}

const judgeAudience = async (
  pod: Loose<Pod>,
  { user, namespace, name }: AdmissionRequest,
  audiences: readonly string[],
  deps: AdmissionDeps,
): Promise<Fault> => {
  if (audiences.length > 1) return 'node may only request 0 or 1 audiences'
  const wanted = audiences[0] ?? ''
  if ((await podAudiences(pod, deps)).has(wanted)) return undefined
  const asked = { verb: 'request-serviceaccounts-token-audience', isResource: true, group: '', version: '', resource: wanted, subresource: '', path: '' }
  if ((await authorize(deps.authorizers, { user, namespace, name, ...asked })).allowed) return undefined
  return `audience ${JSON.stringify(wanted)} not found in pod spec volume, ${user.name} is not authorized to request tokens for this audience`
}

const judgeToken: Judge = async (node, request, deps) => {
  const { operation, subresource, namespace, object } = request
  if (operation !== 'CREATE' || subresource !== 'token') return undefined
  const { boundObjectRef: ref, audiences = [] } = (object as TokenRequest | undefined)?.spec ?? {}
  if (ref?.apiVersion !== 'v1' || ref.kind !== 'Pod' || !ref.name) return 'node requested token not bound to a pod'
  if (!ref.uid) return 'node requested token with a pod binding without a uid'
  const pod = await findPod(deps, namespace, ref.name)
  if (pod.metadata?.uid !== ref.uid)
    return `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`
  if (pod.spec?.nodeName !== node) return 'node requested token bound to a pod scheduled on a different node'
  return judgeAudience(pod, request, audiences, deps)
}

const judgeLease: Judge = (node, { namespace, name }) => {
  if (namespace !== 'kube-node-lease') return 'can only access leases in the "kube-node-lease" system namespace'
  return name === node ? undefined : 'can only access node lease with the same name as the requesting node'
}

const judgeCsiNode: Judge = (node, { name }) => (name === node ? undefined : 'can only access CSINode with the same name as the requesting node')

const judgeSlice: Judge = (node, { operation, object, old }) => {
  if (operation === 'UPDATE') return undefined
  const slice = (operation === 'CREATE' ? object : old) as { spec?: { nodeName?: string } } | undefined
  return slice?.spec?.nodeName === node ? undefined : `can only ${operation.toLowerCase()} ResourceSlice with the same NodeName as the requesting node`
}

const nodeSigners = new Set(['kubernetes.io/kubelet-serving', 'kubernetes.io/kube-apiserver-client-kubelet'])

const judgeCertificateRequest: Judge = async (node, { operation, object }) => {
  const { signerName = '', request = '' } = (object as { spec?: { signerName?: string; request?: string } } | undefined)?.spec ?? {}
  if (operation !== 'CREATE' || !nodeSigners.has(signerName)) return undefined
  const subject = await readCertificateSubject(request)
  if (!subject) return 'unable to parse csr'
  return subject.commonName === `system:node:${node}` ? undefined : `can only create a node CSR with CN=system:node:${node}`
}

const judges: Readonly<Record<string, Judge>> = {
  'pods': judgePod,
  'pods/status': judgePodStatus,
  'pods/eviction': judgeEviction,
  'pods/binding': judgeOtherPodPart,
  'pods/ephemeralcontainers': judgeOtherPodPart,
  'pods/resize': judgeOtherPodPart,
  'nodes': judgeNode,
  'nodes/status': judgeNode,
  'persistentvolumeclaims': judgeClaim,
  'persistentvolumeclaims/status': judgeClaim,
  'serviceaccounts/token': judgeToken,
  'leases.coordination.k8s.io': judgeLease,
  'csinodes.storage.k8s.io': judgeCsiNode,
  'resourceslices.resource.k8s.io': judgeSlice,
  'certificatesigningrequests.certificates.k8s.io': judgeCertificateRequest,
}

export const nodeRestriction = (deps: AdmissionDeps): AdmissionPlugin => ({
  name: 'NodeRestriction',
  handles: Object.keys(judges),
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  admit: async request => {
    const identity = nodeIdentity(request.user)
    if (!identity) return
    const { nodeName } = identity
    const { resource, subresource } = request
    const fault = nodeName
      ? await judges[subresource ? `${resource.id}/${subresource}` : resource.id]?.(nodeName, request, deps)
      : `could not determine node from user ${JSON.stringify(request.user.name)}`
    if (fault) throw refuse(request, fault)
  },
})
