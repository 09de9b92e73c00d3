import { Command } from '@oclif/core'
import { clusterFlags, toClusterOptions } from '../flags.ts'

export class Agent extends Command {
  static override summary = 'Run the node agent, the Service proxy and cluster DNS as one process.'
  static override description =
    'Takes the settings that `up` left in cluster.json; flags go before them. Needs a containerd that runs already, and goes on alone while the API server is away.'
  static override examples = ['<%= config.bin %> agent', '<%= config.bin %> agent --log-level debug']
  static override flags = clusterFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(Agent)
    const { becomeProcess } = await import('../cluster/become-process.ts')
    await becomeProcess('agent', toClusterOptions(flags))
  }
}
