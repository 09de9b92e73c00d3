// The Lease in kube-system that says which API servers there are (KEP-1965). Each renews its own; whoever comes by removes those that ran out.
import { createHash } from 'node:crypto'
import type { KubeObject } from '../../api/object.ts'
import type { Lease } from '../../api/types/coordination-v1.ts'
import { toMicroTime } from '../../base/clock.ts'
import { type Entry, StoreError } from '../../store/store.ts'
import type { Parts } from '../context.ts'
import { reconcileObject } from '../own-objects.ts'

type Deps = Pick<Parts, 'store' | 'table' | 'clock'>

const identityLabel = 'apiserver.kubernetes.io/identity'
const identity = 'kube-apiserver'
const durationSeconds = 3_600

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** RFC 4648, small letters, no padding. */
const base32 = (bytes: Buffer): string => {
  const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('')
  return [...bits.matchAll(/.{1,5}/g)].map(([five]) => alphabet[parseInt(five.padEnd(5, '0'), 2)]).join('')
}

/** The same for every start on the same host, and upstream's name for it. */
export const identityOf = (hostname: string): string => `apiserver-${base32(createHash('sha256').update(hostname).digest().subarray(0, 16))}`

const leasesOf = ({ table }: Deps) => table.stored('leases.coordination.k8s.io')

/** Writes that the server named `holder` is there. */
export const renewIdentity = async (deps: Deps, hostname: string, holder: string): Promise<void> => {
  const served = leasesOf(deps)
  const name = identityOf(hostname)
  const now = toMicroTime(deps.clock.now())
  await reconcileObject(deps, served, served.keyOf('kube-system', name), current => {
    const lease = current as unknown as Partial<Lease> | undefined
    const same = lease?.spec?.holderIdentity === holder
    return {
      kind: 'Lease',
      apiVersion: 'coordination.k8s.io/v1',
      metadata: {
        ...current?.metadata,
        name,
        namespace: 'kube-system',
        labels: { ...current?.metadata.labels, [identityLabel]: identity, 'kubernetes.io/hostname': hostname },
      },
      spec: {
        ...lease?.spec,
        holderIdentity: holder,
        leaseDurationSeconds: durationSeconds,
        acquireTime: (same && lease.spec?.acquireTime) || now,
        renewTime: now,
      },
    } as unknown as KubeObject
  })
}

const isExpired = (entry: Entry, nowMs: number): boolean => {
  const { spec } = entry.object() as unknown as Partial<Lease>
  const renewed = Date.parse(spec?.renewTime ?? spec?.acquireTime ?? '')
  // Upstream removes what has no times too: nobody who is there writes such a lease.
  return !(renewed + (spec?.leaseDurationSeconds ?? 0) * 1_000 > nowMs)
}

/** Removes the leases of servers that have gone. Several may do it at once. */
export const removeExpiredIdentities = async (deps: Deps): Promise<void> => {
  const { store, clock } = deps
  const { entries } = await store.list(leasesOf(deps).prefixOf('kube-system'), { freshness: 'any' })
  for (const entry of entries) {
    if (entry.labels[identityLabel] !== identity || !isExpired(entry, clock.now())) continue
    await store.delete(entry.key, entry.revision).catch((error: unknown) => {
      if (!(error instanceof StoreError && (error.code === 'NotFound' || error.code === 'Conflict'))) throw error
    })
  }
}
