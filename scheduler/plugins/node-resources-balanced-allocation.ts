// Prefers nodes on which CPU and memory would be used in like shares: 100 × (1 − standard deviation of the shares).
import { maxScore } from '../framework/normalize.ts'
import type { Plugin } from '../framework/types.ts'

export const nodeResourcesBalancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  preScore({ requests }) {
    // Pods that ask for nothing would all be drawn to one node.
    if (requests.milliCpu === 0 && requests.memory === 0) return undefined
    return {
      score({ allocatable, requested }) {
        if (allocatable.milliCpu === 0 || allocatable.memory === 0) return maxScore
        const cpu = Math.min(1, (requested.milliCpu + requests.milliCpu) / allocatable.milliCpu)
        const memory = Math.min(1, (requested.memory + requests.memory) / allocatable.memory)
        return Math.trunc((1 - Math.abs((cpu - memory) / 2)) * maxScore)
      },
    }
  },
}
