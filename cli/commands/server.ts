import { Command } from '@oclif/core'
import { toCommandFlags } from '../command-flags.ts'
import { longRunning } from '../long-running.ts'

export class Server extends Command {
  static override summary = 'Run the API server, the scheduler and the controllers as one process.'
  static override description = 'Takes the settings that `up` left in cluster.json; flags go before them. Needs an etcd that runs already.'
  static override examples = [
    '<%= config.bin %> server',
    {
      description: 'a control plane alone, on an existing etcd',
      command: '<%= config.bin %> server --root /srv/control --etcd-servers http://127.0.0.1:2379 --node-ip 192.0.2.7',
    },
  ]
  static override flags = toCommandFlags(longRunning.server.flags)

  async run(): Promise<void> {
    const { flags } = await this.parse(Server)
    await longRunning.server.run(flags, true)
  }
}
