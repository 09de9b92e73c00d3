// Host ports of the pods on this node. Pure.
import type { Pod } from '../../api/types/core-v1.ts'
import type { Element } from './elements.ts'

export const toHostPortElements = (pod: Pod): Element[] => {
  const address = pod.status?.podIP
  if (!address || address.includes(':') || pod.spec.hostNetwork === true || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return []
  const elements = [...(pod.spec.initContainers ?? []).filter(c => c.restartPolicy === 'Always'), ...pod.spec.containers]
    .flatMap(container => container.ports ?? [])
    .filter(port => port.hostPort !== undefined && port.hostPort > 0)
    .map((port): Element => {
      const at = `${(port.protocol ?? 'TCP').toLowerCase()} . ${port.hostPort ?? 0}`
      const value = `${address} . ${port.containerPort}`
      const anywhere = !port.hostIP || port.hostIP === '0.0.0.0' || port.hostIP.includes(':')
      return anywhere ? { set: 'host-ports', key: at, value } : { set: 'host-ports-at', key: `${port.hostIP ?? ''} . ${at}`, value }
    })
  return elements.length === 0 ? [] : [...elements, { set: 'hairpins', key: `${address} . ${address}`, value: '' }]
}
