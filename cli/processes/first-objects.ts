// The objects that a new cluster has from the start beside the API server's own: the Service of cluster DNS, and the sample.
import { readFile, access } from 'node:fs/promises'
import { join } from 'node:path'
import { services } from '../../api/kinds/core/service.ts'
import { builtinKinds } from '../../api/kinds/registry.ts'
import { isReason } from '../../api/status.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Service } from '../../api/types/core-v1.ts'
import { writeAtomically } from '../../base/tls.ts'
import type { ApiClient } from '../../client/types.ts'
import type { ClusterConfig } from '../cluster/cluster-config.ts'

const ignoreExists = (error: unknown): void => {
  if (!isReason(error, 'AlreadyExists')) throw error
}

/** `kube-dns` has no selector: the agent of every node answers at its address. Idempotent. */
export const ensureDnsService = async (client: ApiClient, { dnsIp }: Pick<ClusterConfig, 'dnsIp'>): Promise<void> => {
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kube-dns',
      namespace: 'kube-system',
      labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
    },
    spec: {
      clusterIP: dnsIp,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      ],
    },
  }
  // Asked for first: a second creation would fail for the address, which the first one holds, and not for the name.
  const api = client.of(services, 'kube-system')
  await api.get('kube-dns').catch(async (error: unknown) => {
    if (!isReason(error, 'NotFound')) throw error
    await api.create(service)
  })
}

/** Creates every object of a manifest that is not there yet. Returns how many were new. */
export const createObjects = async (client: ApiClient, manifest: string): Promise<number> => {
  const { loadAll } = await import('js-yaml')
  let made = 0
  for (const object of loadAll(manifest) as (KubeObject | null)[]) {
    if (!object) continue
    const kind = builtinKinds.find(
      record => record.kind === object.kind && (record.group ? `${record.group}/${record.version}` : record.version) === object.apiVersion,
    )
    if (!kind) throw new Error(`${object.apiVersion} ${object.kind}: no such kind`)
    await client
      .of(kind, kind.namespaced ? (object.metadata.namespace ?? 'default') : undefined)
      .create(object as never)
      .then(() => made++, ignoreExists)
  }
  return made
}

/** The sample runs from the first start on, until a person deletes it: then it stays deleted. Returns whether this call made it. */
export const ensureSample = async (client: ApiClient, lib: string): Promise<boolean> => {
  const mark = join(lib, 'sample-applied')
  if (
    await access(mark).then(
      () => true,
      () => false,
    )
  )
    return false
  await createObjects(client, await readFile(join(import.meta.dirname, '..', '..', 'examples', 'hello.yaml'), 'utf8'))
  await writeAtomically(mark, '', 0o644)
  return true
}
