import { Command } from '@oclif/core'
import { clusterFlags, toClusterOptions } from '../flags.ts'

export class Scheduler extends Command {
  static override summary = 'Run the scheduler alone, against an API server elsewhere.'
  static override description = 'Uses the certificate system:kube-scheduler of this cluster, over HTTPS.'
  static override examples = ['<%= config.bin %> scheduler', '<%= config.bin %> scheduler --root /srv/two --log-level debug']
  static override flags = clusterFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(Scheduler)
    const { becomeProcess } = await import('../cluster/become-process.ts')
    await becomeProcess('scheduler', toClusterOptions(flags))
  }
}
