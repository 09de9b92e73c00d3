// `wherry apiserver`: the API server alone, on etcd or (for tests) in memory.
import { openApiServer, openEtcdStore, openMemoryStore } from './control-plane.ts'
import type { Composition } from './run-services.ts'

export const composeApiServer: Composition = async (config, { log, paths }) => {
  const api = await openApiServer(config, paths, await openEtcdStore(config, paths, log), log)
  return [{ name: 'API server', service: api }]
}

export const composeMemoryApiServer: Composition = async (config, { log, paths }) => {
  const api = await openApiServer(config, paths, openMemoryStore(log), log)
  return [{ name: 'API server', service: api }]
}
