// ResourceClaims (DRA): how many, and how many devices of each class they may be given at most.
import { count, type ResourceList } from '../resource-list.ts'
import type { ResourceClaim } from '../types/resource-v1.ts'
import { noScope, type QuotaEvaluator } from './evaluator.ts'
import { countName } from './object-count.ts'

const id = 'resourceclaims.resource.k8s.io'
const perClass = '.deviceclass.resource.k8s.io/devices'
/** As many results as an allocation can hold. */
const allDevices = 32

interface Ask {
  deviceClassName: string
  allocationMode?: string
  count?: number
}
const devicesOf = (ask: Ask): number =>
  ask.allocationMode === 'All' ? allDevices : ask.allocationMode === 'ExactCount' || !ask.allocationMode ? (ask.count ?? 1) : 0

export const resourceClaimQuota: QuotaEvaluator = {
  id,
  handles: ({ operation, subresource }) => (operation === 'CREATE' || operation === 'UPDATE') && subresource === '',
  matchesResource: name => name === countName(id) || name.endsWith(perClass),
  matchesScope: noScope,
  usage: object => {
    const { spec } = object as unknown as ResourceClaim
    const devices = new Map<string, number>()
    const charge = (name: string, n: number): void => {
      devices.set(name, (devices.get(name) ?? 0) + n)
    }
    for (const request of spec.devices?.requests ?? []) {
      if (request.exactly) charge(request.exactly.deviceClassName, devicesOf(request.exactly))
      // Only one of the alternatives is taken: the greediest counts for each class.
      const greediest = new Map<string, number>()
      for (const ask of request.firstAvailable ?? []) greediest.set(ask.deviceClassName, Math.max(greediest.get(ask.deviceClassName) ?? 0, devicesOf(ask)))
      for (const [name, n] of greediest) charge(name, n)
    }
    const used: ResourceList = { [countName(id)]: count(1) }
    for (const [name, n] of devices) used[name + perClass] = count(n)
    return used
  },
}
