// `wherry apiserver --ephemeral`: an API server for tests, in memory. Its kubeconfig is the first thing on standard output; it runs until a
// signal stops it.
import { startApiServer, type StartApiServerOptions } from '../../index.ts'
import { StartError } from '../start-error.ts'
import { keepCompiled } from './keep-compiled.ts'

export const runEphemeral = async (options: StartApiServerOptions): Promise<void> => {
  const stopped = Promise.withResolvers<undefined>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopped.resolve(undefined))
  const server = await startApiServer(options).catch((error: unknown) => {
    throw new StartError([(error as Error).message])
  })
  process.stdout.write(server.kubeconfig)
  keepCompiled()
  await stopped.promise
  await server.stop()
}
