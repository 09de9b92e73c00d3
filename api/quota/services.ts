// Services: how many, how many load balancers, how many node ports (as intended: they are given out after admission).
import { count } from '../resource-list.ts'
import type { Service } from '../types/core-v1.ts'
import { noScope, type QuotaEvaluator } from './evaluator.ts'
import { countName } from './object-count.ts'

const names = [countName('services'), 'services', 'services.nodeports', 'services.loadbalancers']

const nodePortsOf = ({ spec }: Service): number => {
  const ports = spec.ports ?? []
  if (spec.type === 'NodePort') return ports.length
  if (spec.type !== 'LoadBalancer') return 0
  return spec.allocateLoadBalancerNodePorts === false ? ports.filter(p => p.nodePort).length : ports.length
}

export const serviceQuota: QuotaEvaluator = {
  id: 'services',
  // The type of a Service can change.
  handles: ({ operation }) => operation === 'CREATE' || operation === 'UPDATE',
  matchesResource: name => names.includes(name),
  matchesScope: noScope,
  usage: object => {
    const service = object as unknown as Service
    return {
      [countName('services')]: count(1),
      services: count(1),
      'services.nodeports': count(nodePortsOf(service)),
      'services.loadbalancers': count(service.spec.type === 'LoadBalancer' ? 1 : 0),
    }
  },
}
