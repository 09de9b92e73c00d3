// What server and apiserver have in common: the store on etcd, and the API server with this cluster's certificates.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createApiServer } from '../../apiserver/main.ts'
import { systemClock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Paths } from '../../base/paths.ts'
import { toPki } from '../../base/tls.ts'
import { createMemoryStore } from '../../store/memory-store.ts'
import type { Store } from '../../store/store.ts'
import { componentRoles } from '../cluster/component-roles.ts'
import type { ClusterConfig } from '../cluster/cluster-config.ts'
import { toPkiNames } from '../cluster/cluster-files.ts'
import { readEncryption } from '../cluster/encryption.ts'
import { readTls } from './read-tls.ts'

export const openEtcdStore = async (config: ClusterConfig, paths: Paths, log: Logger): Promise<Store> => {
  const files = config.etcd.own ? toPki(paths.pki, toPkiNames(config)).etcdClient : config.etcd.tls
  const pem = files && (await readTls(files))
  const tls = pem && { ca: Buffer.from(pem.ca), cert: Buffer.from(pem.cert), key: Buffer.from(pem.key) }
  const encryption = await readEncryption(config, paths)
  const { createEtcdStore } = await import('../../store/main.ts')
  return createEtcdStore({ endpoints: config.etcd.servers, encryption, ...(tls && { tls }) }, { log, clock: systemClock })
}

export const openMemoryStore = (log: Logger): Store => createMemoryStore({ log, clock: systemClock })

/** The key that signs, then those whose tokens still hold: to replace it, move it away as `sa-OLD.key` (or its public half as `sa-OLD.pub`). */
const readServiceAccountKeys = async ({ pki }: Pick<Paths, 'pki'>): Promise<string[]> => {
  const others = (await readdir(pki)).filter(file => /^sa-.+\.(key|pub)$/.test(file)).sort()
  return Promise.all(['sa.key', ...others].map(file => readFile(join(pki, file), 'utf8')))
}

const readAudit = async ({ audit }: ClusterConfig): Promise<Parameters<typeof createApiServer>[0]['audit']> =>
  audit && {
    policy: await readFile(audit.policyFile, 'utf8'),
    logPath: audit.logPath,
    ...(audit.maxSize !== undefined && { logMaxSizeMb: audit.maxSize }),
    ...(audit.maxBackup !== undefined && { logMaxBackups: audit.maxBackup }),
    ...(audit.maxAge !== undefined && { logMaxAgeDays: audit.maxAge }),
  }

export const openApiServer = async (config: ClusterConfig, paths: Paths, store: Store, log: Logger): Promise<ReturnType<typeof createApiServer>> => {
  const pki = toPki(paths.pki, toPkiNames(config))
  const [serving, agentClient, proxyClient, keys, audit, tokenFile] = await Promise.all([
    readTls(pki.apiserver),
    readTls(pki.apiserverAgentClient),
    readTls(pki.frontProxyClient),
    readServiceAccountKeys(paths),
    readAudit(config),
    config.tokenAuthFile === undefined ? undefined : readFile(config.tokenAuthFile, 'utf8'),
  ])
  return createApiServer(
    {
      bindAddress: config.bindAddress,
      port: config.apiPort,
      advertiseAddress: config.nodeIp,
      serviceCidr: config.serviceCidr,
      tls: { cert: serving.cert, key: serving.key },
      clientCa: serving.ca,
      agentClient,
      roles: componentRoles,
      ...(audit && { audit }),
      authentication: {
        ...(tokenFile !== undefined && { tokenFile }),
        serviceAccounts: { keys, issuer: `https://kubernetes.default.svc.${config.clusterDomain}` },
        requestHeader: { ca: proxyClient.ca },
        proxyClient,
      },
      admission: { mountServiceAccountTokens: true, requireDefaultServiceAccount: true },
    },
    { log, store },
  )
}
