// The long-running processes by name. What each is made of is loaded when it is wanted: what stays in memory is what works.
// Logs go to standard error. Exit status 78 says that starting again cannot help (keep.sh).
import { createLogger } from '../../base/log.ts'
import type { ClusterConfig } from '../cluster/cluster-config.ts'
import { runServices, type Composition } from './run-services.ts'

export type ProcessKind = 'server' | 'agent' | 'apiserver' | 'apiserver-memory' | 'scheduler'

const compositions: Readonly<Record<ProcessKind, () => Promise<Composition>>> = {
  server: async () => (await import('./server.ts')).composeServer,
  agent: async () => (await import('./agent.ts')).composeAgent,
  apiserver: async () => (await import('./apiserver.ts')).composeApiServer,
  'apiserver-memory': async () => (await import('./apiserver.ts')).composeMemoryApiServer,
  scheduler: async () => (await import('./scheduler.ts')).composeScheduler,
}

export const processKinds = Object.keys(compositions) as ProcessKind[]

/** Ends with the process. */
export const runProcess = async (kind: ProcessKind, config: ClusterConfig): Promise<void> => {
  process.title = `wherry-${kind}`
  const compose = await compositions[kind]()
  await runServices(kind, compose, config, createLogger(config.logLevel))
}
