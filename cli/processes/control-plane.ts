// What server and apiserver have in common: the store on etcd, and the API server with this cluster's certificates.
import { createApiServer } from '../../apiserver/main.ts'
import { systemClock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Paths } from '../../base/paths.ts'
import { toPki } from '../../base/tls.ts'
import { createEtcdStore, createMemoryStore } from '../../store/main.ts'
import type { Store } from '../../store/store.ts'
import type { ClusterConfig } from '../cluster/cluster-config.ts'
import { toPkiNames } from '../cluster/cluster-files.ts'
import { readTls } from './read-tls.ts'

export const openEtcdStore = async (config: ClusterConfig, paths: Paths, log: Logger): Promise<Store> => {
  const files = config.etcd.own ? toPki(paths.pki, toPkiNames(config)).etcdClient : config.etcd.tls
  const pem = files && (await readTls(files))
  const tls = pem && { ca: Buffer.from(pem.ca), cert: Buffer.from(pem.cert), key: Buffer.from(pem.key) }
  return createEtcdStore({ endpoints: config.etcd.servers, ...(tls && { tls }) }, { log, clock: systemClock })
}

export const openMemoryStore = (log: Logger): Store => createMemoryStore({ log, clock: systemClock })

export const openApiServer = async (config: ClusterConfig, paths: Paths, store: Store, log: Logger): Promise<ReturnType<typeof createApiServer>> => {
  const pki = toPki(paths.pki, toPkiNames(config))
  const [serving, agentClient] = await Promise.all([readTls(pki.apiserver), readTls(pki.apiserverAgentClient)])
  return createApiServer(
    {
      bindAddress: config.bindAddress,
      port: config.apiPort,
      advertiseAddress: config.nodeIp,
      serviceCidr: config.serviceCidr,
      tls: { cert: serving.cert, key: serving.key },
      clientCa: serving.ca,
      agentClient,
    },
    { log, store },
  )
}
