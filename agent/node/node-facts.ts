// What the machine is: read once at start.
import { readFile, statfs } from 'node:fs/promises'
import { arch, availableParallelism, release } from 'node:os'
import { byteValue, milliValue } from '../../api/quantity.ts'
import type { NodeSystemInfo } from '../../api/types/core-v1.ts'
import type { CompletedAgentConfig } from '../config.ts'

export interface NodeFacts {
  readonly capacity: Record<string, string>
  readonly allocatable: Record<string, string>
  readonly memoryBytes: number
  readonly info: Omit<NodeSystemInfo, 'containerRuntimeVersion'>
}

const readText = async (path: string): Promise<string> => (await readFile(path, 'utf8').catch(() => '')).trim()

export const readNodeFacts = async (config: CompletedAgentConfig): Promise<NodeFacts> => {
  const [meminfo, osRelease, machineId, bootId, uuid, disk] = await Promise.all([
    readText('/proc/meminfo'),
    readText('/etc/os-release'),
    readText('/etc/machine-id'),
    readText('/proc/sys/kernel/random/boot_id'),
    readText('/sys/class/dmi/id/product_uuid'),
    statfs(config.paths.lib).catch(() => undefined),
  ])
  const memoryKi = Number(/^MemTotal:\s+(\d+) kB/m.exec(meminfo)?.[1] ?? 0)
  const cpus = availableParallelism()
  const diskBytes = disk ? disk.blocks * disk.bsize : 0
  const capacity = {
    cpu: String(cpus),
    'ephemeral-storage': `${Math.floor(diskBytes / 1024)}Ki`,
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: `${memoryKi}Ki`,
    pods: String(config.maxPods),
  }
  const cpuLeft = Math.max(0, cpus * 1000 - milliValue(config.reserved.cpu ?? '0'))
  const memoryLeft = Math.max(0, memoryKi * 1024 - byteValue(config.reserved.memory ?? '0'))
  return {
    capacity,
    // A tenth of the disk is kept free, as upstream's eviction threshold does.
    allocatable: {
      ...capacity,
      cpu: cpuLeft % 1000 ? `${cpuLeft}m` : String(cpuLeft / 1000),
      memory: `${Math.floor(memoryLeft / 1024)}Ki`,
      'ephemeral-storage': String(Math.floor(diskBytes * 0.9)),
    },
    memoryBytes: memoryKi * 1024,
    info: {
      machineID: machineId,
      systemUUID: uuid.toLowerCase(),
      bootID: bootId,
      kernelVersion: release(),
      osImage: /^PRETTY_NAME="?(.*?)"?$/m.exec(osRelease)?.[1] ?? 'Linux',
      kubeletVersion: config.version,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: arch() === 'x64' ? 'amd64' : arch(),
    },
  }
}
