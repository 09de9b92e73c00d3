// A pod runs as a ServiceAccount: `default` unless it names one; its pull secrets and (where configured) a token come along.
import { randomInt } from 'node:crypto'
import { forbidden } from '../../api/status.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Pod } from '../../api/types/core-v1.ts'
import type { Loose } from '../../api/validation/loose.ts'
import { isMirror, refuseMirror, refuseSecrets } from './account-references.ts'
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts'
import { lookUp } from './look-up.ts'
import type { AdmissionDeps } from './registry.ts'

interface Container {
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[]
}
interface PodSpec {
  serviceAccountName?: string
  serviceAccount?: string
  automountServiceAccountToken?: boolean
  imagePullSecrets?: { name?: string }[]
  containers?: Container[] | null
  initContainers?: Container[]
  volumes?: Record<string, unknown>[]
}
interface ServiceAccount extends KubeObject {
  automountServiceAccountToken?: boolean
  imagePullSecrets?: { name?: string }[]
  secrets?: { name?: string }[]
}

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const volumePrefix = 'kube-api-access-'
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
const suffix = (): string => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('')

/** Upstream's projected volume: a bound token of an hour, the cluster's CA, the namespace. */
const tokenVolume = (name: string): Record<string, unknown> => ({
  name,
  projected: {
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
  },
})

const mountToken = (spec: PodSpec): void => {
  // Whoever came after the first round (a webhook, a policy) may have added containers: they share the volume that is there.
  const present = spec.volumes?.map(volume => volume['name']).find(name => typeof name === 'string' && name.startsWith(volumePrefix))
  const name = typeof present === 'string' ? present : `${volumePrefix}${suffix()}`
  let mounted = false
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    if (container.volumeMounts?.some(m => m.mountPath === mountPath)) continue
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath }]
    mounted = true
  }
  if (mounted && present === undefined) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)]
}

export const serviceAccount = ({ config, store, table }: AdmissionDeps): AdmissionPlugin => {
  const accountOf = ({ namespace }: AdmissionRequest, wanted: string): Promise<ServiceAccount | undefined> =>
    lookUp<ServiceAccount>(store, table.stored('serviceaccounts').keyOf(namespace, wanted))
  const isRequired = (wanted: string): boolean => wanted !== 'default' || config.admission.requireDefaultServiceAccount
  const notThere = ({ resource, namespace, name }: AdmissionRequest, wanted: string): Error =>
    forbidden(resource, name, `error looking up service account ${namespace}/${wanted}: serviceaccount ${JSON.stringify(wanted)} not found`)

  return {
    name: 'ServiceAccount',
    handles: ['pods', 'pods/ephemeralcontainers'],
    operations: ['CREATE', 'UPDATE'],
    admit: async request => {
      const { operation, subresource, object } = request
      // A static pod's mirror has no account: its node, not the API, decides what it runs as.
      if (operation !== 'CREATE' || subresource !== '' || !object || isMirror(object)) return
      const { spec } = object as unknown as { spec: PodSpec }
      const wanted = spec.serviceAccountName || spec.serviceAccount || 'default'
      spec.serviceAccountName = wanted
      spec.serviceAccount = wanted
      const account = await accountOf(request, wanted)
      if (!account && isRequired(wanted)) throw notThere(request, wanted)
      const automount = spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true
      if (config.admission.mountServiceAccountTokens && account && automount) mountToken(spec)
      if (!spec.imagePullSecrets?.length && account?.imagePullSecrets?.length) spec.imagePullSecrets = structuredClone(account.imagePullSecrets)
    },
    validate: async request => {
      const { operation, resource, subresource, name, object } = request
      if (!object || (operation === 'UPDATE' && subresource === '')) return
      const pod = object as unknown as Loose<Pod>
      if (isMirror(object)) {
        const why = operation === 'CREATE' ? refuseMirror(pod) : undefined
        if (why) throw forbidden(resource, name, why)
        return
      }
      const wanted = pod.spec?.serviceAccountName ?? ''
      if (!wanted) throw forbidden(resource, name, `no service account specified for pod ${request.namespace}/${name}`)
      const account = await accountOf(request, wanted)
      if (!account && isRequired(wanted)) throw notThere(request, wanted)
      const why = account && refuseSecrets(account, pod)
      if (why) throw forbidden(resource, name, why)
    },
  }
}
