// All commands of `wherry`. Each file loads the rest of what it needs when it runs, so that `--help` stays quick.
import { Agent } from './commands/agent.ts'
import { Apiserver } from './commands/apiserver.ts'
import { Down } from './commands/down.ts'
import { Scheduler } from './commands/scheduler.ts'
import { Server } from './commands/server.ts'
import { Status } from './commands/status.ts'
import { Up } from './commands/up.ts'
import { Version } from './commands/version.ts'

const all = [Up, Down, Status, Server, Agent, Apiserver, Scheduler, Version]

export const commands = Object.fromEntries(all.map(command => [command.name.toLowerCase(), command]))
