// What this machine says about itself: name, address, programs, cgroups, capabilities.
import { constants } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { MachineFacts } from './cluster-config.ts'

const readOr = (file: string, otherwise: string): Promise<string> => readFile(file, 'utf8').catch(() => otherwise)

/** Name of the interface that the IPv4 default route leaves by (proc_pid_net(5): destination 0 in /proc/net/route). */
const defaultInterface = (routes: string): string | undefined =>
  routes
    .split('\n')
    .slice(1)
    .map(line => line.split('\t'))
    .find(fields => fields[1] === '00000000' && fields[7] === '00000000')?.[0]

export const readMachineFacts = async (): Promise<MachineFacts> => {
  const preferred = defaultInterface(await readOr('/proc/net/route', ''))
  const candidates = Object.entries(networkInterfaces())
    .filter(([name]) => !/^(cni|docker|veth|br-|wherry)/.test(name))
    .flatMap(([name, addresses]) =>
      (addresses ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => ({ name, address })),
    )
  const best = candidates.find(({ name }) => name === preferred) ?? candidates[0]
  return { hostname: hostname(), address: best?.address }
}

/** Absolute path of a program, searched where a root login would find it. */
export const findProgram = async (name: string, path = process.env['PATH'] ?? ''): Promise<string | undefined> => {
  for (const directory of new Set([...path.split(':').filter(Boolean), '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'])) {
    const file = join(directory, name)
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file
  }
  return undefined
}

export interface CgroupFacts {
  readonly version: 1 | 2
  readonly memory: boolean
}

/** On hybrid hosts the controllers are version 1's, and so is what counts. */
export const readCgroupFacts = async (): Promise<CgroupFacts> => {
  const mounts = await readOr('/proc/self/mountinfo', '')
  const unified = mounts.split('\n').some(line => line.split(' ')[4] === '/sys/fs/cgroup' && line.includes(' - cgroup2 '))
  if (unified) return { version: 2, memory: (await readOr('/sys/fs/cgroup/cgroup.controllers', '')).split(/\s+/).includes('memory') }
  return { version: 1, memory: mounts.split('\n').some(line => / - cgroup \S+ \S*\bmemory\b/.test(line)) }
}

const capSysResource = 24n

export const hasCapSysResource = async (): Promise<boolean> => {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(await readOr('/proc/self/status', ''))?.[1]
  return effective !== undefined && ((BigInt(`0x${effective}`) >> capSysResource) & 1n) === 1n
}
