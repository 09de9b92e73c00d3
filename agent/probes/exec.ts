// exec probe: a command in the container that ends with 0.
import { isCriReason } from '../cri/error.ts'
import type { ProbeType } from './types.ts'

const maxOutputBytes = 10 * 1024

export const execProbe: ProbeType = {
  field: 'exec',
  async ask({ exec }, { cri, containerId }, timeoutMs) {
    const command = exec?.command ?? []
    try {
      const { exitCode, stdout, stderr } = await cri.streaming.execSync(containerId, command, Math.ceil(timeoutMs / 1000))
      return { ok: exitCode === 0, output: Buffer.concat([stdout, stderr]).subarray(0, maxOutputBytes).toString('utf8') }
    } catch (error) {
      if (isCriReason(error, 'DeadlineExceeded'))
        return { ok: false, output: `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${Math.ceil(timeoutMs / 1000)}s` }
      throw error
    }
  },
}
