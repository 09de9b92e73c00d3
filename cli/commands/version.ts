import { Command, Flags } from '@oclif/core'

/** The Kubernetes release whose behaviour is ours. */
const kubernetesLevel = '1.36'

export class Version extends Command {
  static override summary = 'Show the version of Wherry and the level of Kubernetes that it speaks.'
  static override examples = ['<%= config.bin %> version', '<%= config.bin %> version --json']
  static override flags = { json: Flags.boolean({ description: 'as JSON, for programs' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(Version)
    const version = { wherry: this.config.version, kubernetes: kubernetesLevel, node: process.versions.node, platform: `${process.platform}-${process.arch}` }
    this.log(flags.json ? JSON.stringify(version) : `wherry ${version.wherry} (Kubernetes ${version.kubernetes}, Node ${version.node}, ${version.platform})`)
  }
}
