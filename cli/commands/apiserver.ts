import { Command, Flags } from '@oclif/core'
import { clusterFlags, toClusterOptions } from '../flags.ts'

export class Apiserver extends Command {
  static override summary = 'Run the API server alone.'
  static override description =
    'With --ephemeral it is an API server for tests: it needs neither root, nor etcd, nor files, listens on a free port of loopback, prints a ' +
    'kubeconfig as the first thing on standard output, logs to standard error, and forgets everything when it ends.'
  static override examples = [
    '<%= config.bin %> apiserver --etcd-servers http://127.0.0.1:2379',
    { description: 'an API server for tests', command: '<%= config.bin %> apiserver --ephemeral > kubeconfig' },
    {
      description: 'in memory, with the files, ports and certificates of a cluster',
      command: '<%= config.bin %> apiserver --store memory --root /tmp/api --bind-address 127.0.0.1 --api-port 7443',
    },
  ]
  static override flags = {
    ...clusterFlags,
    store: Flags.option({ options: ['etcd', 'memory'] as const, default: 'etcd', description: 'where objects are kept' })(),
    ephemeral: Flags.boolean({
      exclusive: ['root', 'etcd-servers', 'encryption-provider-config'],
      description: 'keep everything in memory, and print a kubeconfig',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Apiserver)
    if (flags.ephemeral) {
      const { runEphemeral } = await import('../processes/ephemeral.ts')
      const { 'bind-address': bindAddress, 'api-port': port, 'service-cidr': serviceCidr, 'log-level': logLevel = 'warn' } = flags
      await runEphemeral({ logLevel, ...(bindAddress && { bindAddress }), ...(port && { port }), ...(serviceCidr && { serviceCidr }) })
      return
    }
    const { becomeProcess } = await import('../cluster/become-process.ts')
    await becomeProcess(flags.store === 'memory' ? 'apiserver-memory' : 'apiserver', toClusterOptions(flags))
  }
}
