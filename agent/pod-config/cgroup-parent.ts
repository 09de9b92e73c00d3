// Where a pod's cgroup lies, in both drivers' spelling: pure. As upstream: Guaranteed pods directly under kubepods.
import { podQosClass } from '../../api/kinds/core/pod-qos.ts'
import type { Pod } from '../../api/types/core-v1.ts'
import { podUidOf } from './names.ts'

export interface CgroupLayout {
  readonly driver: 'cgroupfs' | 'systemd'
  readonly root: string
}

/** What CRI takes as cgroup_parent. */
export const toCgroupParent = (pod: Pod, { driver, root }: CgroupLayout): string => {
  const qos = podQosClass(pod)
  const parts = ['kubepods', ...(qos === 'Guaranteed' ? [] : [qos.toLowerCase()])]
  if (driver === 'systemd') return `${[...systemdRoot(root), ...parts, `pod${podUidOf(pod).replaceAll('-', '_')}`].join('-')}.slice`
  return `${root.replace(/\/$/, '')}/${parts.join('/')}/pod${podUidOf(pod)}`
}

/** The same as a path below the cgroup file system. */
export const toCgroupPath = (pod: Pod, layout: CgroupLayout): string => {
  const parent = toCgroupParent(pod, layout)
  if (layout.driver === 'cgroupfs') return parent
  const names = parent.slice(0, -'.slice'.length).split('-')
  return `/${names.map((_, i) => `${names.slice(0, i + 1).join('-')}.slice`).join('/')}`
}

const systemdRoot = (root: string): string[] =>
  root
    .split('/')
    .filter(Boolean)
    .map(part => part.replace(/\.slice$/, '').replaceAll('-', '_'))
