// Entry of the long-running processes: process.ts KIND --config=FILE. Loads no command-line parser: what stays in memory is what works.
// Logs go to standard error. Exit status 78 says that starting again cannot help (keep.sh).
import { readFile } from 'node:fs/promises'
import { createLogger } from '../base/log.ts'
import type { ClusterConfig } from './cluster/cluster-config.ts'
import { runServices, type Composition } from './processes/run-services.ts'

const compositions: Readonly<Record<string, () => Promise<Composition>>> = {
  server: async () => (await import('./processes/server.ts')).composeServer,
  agent: async () => (await import('./processes/agent.ts')).composeAgent,
  apiserver: async () => (await import('./processes/apiserver.ts')).composeApiServer,
  'apiserver-memory': async () => (await import('./processes/apiserver.ts')).composeMemoryApiServer,
  scheduler: async () => (await import('./processes/scheduler.ts')).composeScheduler,
}

const [kind = '', flag = ''] = process.argv.slice(2)
const load = compositions[kind]
const file = /^--config=(.+)$/.exec(flag)?.[1]
if (!load || file === undefined) throw new Error(`usage: process.ts ${Object.keys(compositions).join('|')} --config=FILE`)
process.title = `wherry-${kind}`
const config = JSON.parse(await readFile(file, 'utf8')) as ClusterConfig
const log = createLogger(config.logLevel)
await runServices(kind, await load(), config, log)
