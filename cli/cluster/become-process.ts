// From a command line to a long-running process: settles the configuration, then goes on as that process. Where the command-line parser was
// loaded, it becomes cli/process.ts by execve: the parser's 17 MB stay behind, and the process id remains.
import { extname, join } from 'node:path'
import { toPaths, type Paths } from '../../base/paths.ts'
import { StartError } from '../start-error.ts'
import { runProcess, type ProcessKind } from '../processes/run-process.ts'
import type { ClusterConfig, ClusterOptions } from './cluster-config.ts'
import { configFile, ensureClusterFiles, mergeClusterConfig } from './cluster-files.ts'

// Small young generation: these processes idle most of the time, and what they hold then is what counts.
const nodeOptions = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=8']

export const toProcessArgv = (): string[] => [process.execPath, ...nodeOptions, join(import.meta.dirname, '..', `process${extname(import.meta.filename)}`)]

/** Node keeps compiled and type-stripped modules here, unless who started this chose a place (the tests share one between their clusters). */
export const compileCache = (paths: Paths): string => process.env['NODE_COMPILE_CACHE'] ?? join(paths.lib, 'compile-cache')

const settle = async (options: ClusterOptions): Promise<{ config: ClusterConfig; paths: Paths }> => {
  const config = await mergeClusterConfig(options).catch((error: unknown) => {
    throw new StartError([(error as Error).message])
  })
  const paths = toPaths(config.root)
  await ensureClusterFiles(config, paths)
  return { config, paths }
}

/** Without the parser in memory: there is nothing to leave behind. */
export const stayAsProcess = async (kind: ProcessKind, options: ClusterOptions): Promise<void> => {
  const { config } = await settle(options)
  await runProcess(kind, config)
}

export const becomeProcess = async (kind: ProcessKind, options: ClusterOptions): Promise<never> => {
  const { paths } = await settle(options)
  const argv = [...toProcessArgv(), kind, `--config=${configFile(paths)}`]
  return process.execve!(process.execPath, argv, { ...process.env, NODE_COMPILE_CACHE: compileCache(paths) })
}
