import { Command } from '@oclif/core'
import { toCommandFlags } from '../command-flags.ts'
import { pathsOf, rootFlag } from '../flags.ts'

export class Down extends Command {
  static override summary = 'Stop the cluster and remove everything it made.'
  static override description =
    'Processes, containers, network, mounts, cgroups, certificates and all data of the cluster. Installed Debian packages stay. Safe to run twice.'
  static override examples = [
    '<%= config.bin %> down',
    { description: 'the cluster that was started with the same --root', command: '<%= config.bin %> down --root /srv/two' },
  ]
  static override flags = toCommandFlags(rootFlag)

  async run(): Promise<void> {
    const { flags } = await this.parse(Down)
    const { down } = await import('../teardown/down.ts')
    await down(pathsOf(flags), line => this.log(line))
  }
}
