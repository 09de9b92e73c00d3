// Pods and nodes with just what a scheduling test is about.
import type { Container, Node, Pod } from '../../../api/types/core-v1.ts'
import { MutableNodeInfo } from '../../../scheduler/framework/node-info.ts'
import { toPodInfo } from '../../../scheduler/framework/pod-requests.ts'
import type { NodeInfo, PodInfo } from '../../../scheduler/framework/types.ts'

export const container = (requests?: Record<string, string>, more: Partial<Container> = {}): Container =>
  ({ name: 'c', image: 'i', ...(requests && { resources: { requests } }), ...more }) as Container

export const pod = (name: string, spec: Partial<Pod['spec']> = {}, more: Record<string, unknown> = {}): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'ns', uid: `uid-${name}`, ...(more.metadata as object) },
    spec: { containers: [container()], ...spec },
    ...(more.status ? { status: more.status } : {}),
  }) as Pod

export const podInfo = (name: string, spec?: Partial<Pod['spec']>, more?: Record<string, unknown>): PodInfo => toPodInfo(pod(name, spec, more))

export const node = (
  name: string,
  allocatable: Record<string, string> = {},
  more: { labels?: Record<string, string>; spec?: Partial<Node['spec']> } = {},
): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: more.labels ?? {} },
    spec: more.spec ?? {},
    status: { allocatable: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi', pods: '110', ...allocatable } },
  }) as Node

export const nodeInfo = (of: Node, pods: PodInfo[] = []): NodeInfo => {
  const info = new MutableNodeInfo(of.metadata.name ?? '')
  info.setNode(of, 1)
  for (const p of pods) info.addPod(p, 2)
  return info
}
