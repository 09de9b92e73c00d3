import { Command, Flags } from '@oclif/core'
import { clusterFlags, toClusterOptions } from '../flags.ts'

export class Apiserver extends Command {
  static override summary = 'Run the API server alone.'
  static override description =
    'With --ephemeral it keeps everything in memory, needs neither root nor etcd, and forgets all when it ends: an API server for tests.'
  static override examples = [
    '<%= config.bin %> apiserver',
    {
      description: 'an API server for tests, with its own kubeconfig in /tmp/api/etc/admin.kubeconfig',
      command: '<%= config.bin %> apiserver --ephemeral --root /tmp/api --bind-address 127.0.0.1 --api-port 7443',
    },
  ]
  static override flags = { ...clusterFlags, ephemeral: Flags.boolean({ description: 'keep everything in memory' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(Apiserver)
    const { becomeProcess } = await import('../cluster/become-process.ts')
    await becomeProcess(flags.ephemeral ? 'apiserver-ephemeral' : 'apiserver', toClusterOptions(flags))
  }
}
