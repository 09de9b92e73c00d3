// Host ports: one address, protocol and port belongs to one pod of a node; 0.0.0.0 stands for every address.
import type { HostPort, Plugin, Rejection } from '../framework/types.ts'

const rejection: Rejection = { reasons: ["node(s) didn't have free ports for the requested pod ports"], unresolvable: false }
const everywhere = '0.0.0.0'
const clash = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === everywhere || b.ip === everywhere)
const anyClash = (wanted: readonly HostPort[], taken: readonly HostPort[]): boolean => wanted.some(a => taken.some(b => clash(a, b)))

export const nodePorts: Plugin = {
  name: 'NodePorts',
  preFilter: ({ hostPorts }) => (hostPorts.length ? { filter: node => (anyClash(hostPorts, node.hostPorts) ? rejection : undefined) } : undefined),
  mayHelp: (event, { hostPorts }) => event.type === 'NodeAdded' || (event.type === 'PodFreed' && event.gone && anyClash(hostPorts, event.pod.hostPorts)),
}
