import { Command } from '@oclif/core'
import { toCommandFlags } from '../command-flags.ts'
import { longRunning } from '../long-running.ts'

export class Up extends Command {
  static override summary = 'Bring up a one-node cluster and stay in the foreground with a live view.'
  static override description =
    'Starts an etcd and a containerd of its own (unless told to use existing ones), the API server with scheduler and controllers, and the node agent. ' +
    'Ctrl-C stops the Wherry processes and leaves the pods running; running it again picks everything up where it was.'
  static override examples = [
    '<%= config.bin %> up',
    {
      description: 'a second cluster on the same host, with files and ports of its own',
      command: '<%= config.bin %> up --root /srv/two --api-port 7443 --agent-port 7250 --etcd-port 7379 --pod-cidr 10.52.0.0/16 --service-cidr 10.53.0.0/16',
    },
    {
      description: 'with an etcd and a containerd that are there already',
      command: '<%= config.bin %> up --etcd-servers http://127.0.0.1:2379 --containerd-socket /run/containerd/containerd.sock',
    },
  ]
  static override flags = toCommandFlags(longRunning.up.flags)

  async run(): Promise<void> {
    const { flags } = await this.parse(Up)
    await longRunning.up.run(flags, true)
  }
}
