import { Command } from '@oclif/core'
import { toCommandFlags } from '../command-flags.ts'
import { longRunning } from '../long-running.ts'

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
  static override flags = toCommandFlags(longRunning.apiserver.flags)

  async run(): Promise<void> {
    const { flags } = await this.parse(Apiserver)
    await longRunning.apiserver.run(flags, true)
  }
}
