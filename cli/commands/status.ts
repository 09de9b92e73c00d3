import { Command } from '@oclif/core'
import { toCommandFlags } from '../command-flags.ts'
import { pathsOf, statusFlags } from '../flags.ts'

export class Status extends Command {
  static override summary = 'Show which processes of the cluster run, how much they use, and whether the node is Ready.'
  static override description = 'Exits with 0 when everything runs and the node is Ready, else with 1.'
  static override examples = ['<%= config.bin %> status', '<%= config.bin %> status --json']
  static override flags = toCommandFlags(statusFlags)

  async run(): Promise<void> {
    const { flags } = await this.parse(Status)
    const { readStatus, toStatusLines } = await import('../cluster/status.ts')
    const status = await readStatus(pathsOf(flags))
    if (flags.json) this.log(JSON.stringify(status, undefined, 2))
    else for (const line of toStatusLines(status)) this.log(line)
    if (!status.healthy) this.exit(1)
  }
}
