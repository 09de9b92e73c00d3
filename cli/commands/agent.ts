import { Command } from '@oclif/core'
import { toCommandFlags } from '../command-flags.ts'
import { longRunning } from '../long-running.ts'

export class Agent extends Command {
  static override summary = 'Run the node agent, the Service proxy and cluster DNS as one process.'
  static override description =
    'Takes the settings that `up` left in cluster.json; flags go before them. Needs a containerd that runs already, and goes on alone while the API server is away.'
  static override examples = ['<%= config.bin %> agent', '<%= config.bin %> agent --log-level debug']
  static override flags = toCommandFlags(longRunning.agent.flags)

  async run(): Promise<void> {
    const { flags } = await this.parse(Agent)
    await longRunning.agent.run(flags, true)
  }
}
