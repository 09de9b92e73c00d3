import { Command } from '@oclif/core'
import { toCommandFlags } from '../command-flags.ts'
import { longRunning } from '../long-running.ts'

export class Scheduler extends Command {
  static override summary = 'Run the scheduler alone, against an API server elsewhere.'
  static override description = 'Uses the certificate system:kube-scheduler of this cluster, over HTTPS.'
  static override examples = ['<%= config.bin %> scheduler', '<%= config.bin %> scheduler --root /srv/two --log-level debug']
  static override flags = toCommandFlags(longRunning.scheduler.flags)

  async run(): Promise<void> {
    const { flags } = await this.parse(Scheduler)
    await longRunning.scheduler.run(flags, true)
  }
}
