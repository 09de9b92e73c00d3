// A pod runs as a ServiceAccount: `default` unless it names one; its pull secrets and (where configured) a token come along.
import { randomInt } from 'node:crypto'
import { forbidden } from '../../api/status.ts'
import type { KubeObject } from '../../api/object.ts'
import type { AdmissionPlugin } from './admission.ts'
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
}

const mirrorAnnotation = 'kubernetes.io/config.mirror'
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

export const serviceAccount = ({ config, store, table }: AdmissionDeps): AdmissionPlugin => ({
  name: 'ServiceAccount',
  admit: async ({ operation, resource, subresource, namespace, name, object }) => {
    if (operation !== 'CREATE' || resource.id !== 'pods' || subresource !== '' || !object) return
    const { spec } = object as unknown as { spec: PodSpec }
    // A static pod's mirror has no account: its node, not the API, decides what it runs as.
    if (object.metadata.annotations?.[mirrorAnnotation] !== undefined) {
      if (spec.serviceAccountName) throw forbidden(resource, name, 'a mirror pod may not reference service accounts')
      return
    }
    const wanted = spec.serviceAccountName || spec.serviceAccount || 'default'
    spec.serviceAccountName = wanted
    spec.serviceAccount = wanted
    const accounts = table.stored('serviceaccounts')
    const key = accounts.keyOf(namespace, wanted)
    const account = await lookUp<ServiceAccount>(store, key)
    if (!account && (wanted !== 'default' || config.admission.requireDefaultServiceAccount))
      throw forbidden(resource, name, `error looking up service account ${namespace}/${wanted}: serviceaccount ${JSON.stringify(wanted)} not found`)
    const automount = spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true
    if (config.admission.mountServiceAccountTokens && account && automount) mountToken(spec)
    if (!spec.imagePullSecrets?.length && account?.imagePullSecrets?.length) spec.imagePullSecrets = structuredClone(account.imagePullSecrets)
  },
})
