// All commands of `wherry`. Each file loads the rest of what it needs when it runs, so that `--help` stays quick.
import { Agent } from './commands/agent.ts'
import { Apiserver } from './commands/apiserver.ts'
import { Down } from './commands/down.ts'
import { Scheduler } from './commands/scheduler.ts'
import { Server } from './commands/server.ts'
import { Status } from './commands/status.ts'
import { Up } from './commands/up.ts'
import { Version } from './commands/version.ts'

/** By the names they are called by: a bundle may rename classes. */
export const commands = {
  up: Up,
  down: Down,
  status: Status,
  server: Server,
  agent: Agent,
  apiserver: Apiserver,
  scheduler: Scheduler,
  version: Version,
}
