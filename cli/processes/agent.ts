// `wherry agent`: node agent, Service proxy and cluster DNS in one process, each speaking to the API server with its own certificate.
// Goes on alone while the API server is away. Stopping it disturbs no container and leaves the rules of Services in place.
import { createAgent } from '../../agent/main.ts'
import { systemClock } from '../../base/clock.ts'
import { createShell } from '../../base/shell.ts'
import { toPki, type TlsFiles } from '../../base/tls.ts'
import { createHttpsTransport } from '../../client/https-transport.ts'
import type { Transport } from '../../client/types.ts'
import { ensureConflist } from '../../cni/conflist.ts'
import { prepareHost } from '../../cni/host.ts'
import { createDns } from '../../dns/main.ts'
import { createProxy } from '../../proxy/main.ts'
import { apiServerUrl, toPkiNames } from '../cluster/cluster-files.ts'
import { readTls } from './read-tls.ts'
import { together, type Composition } from './run-services.ts'

export const composeAgent: Composition = async (config, { log, paths }) => {
  const pki = toPki(paths.pki, toPkiNames(config))
  const connect = async (files: TlsFiles): Promise<Transport> => createHttpsTransport({ server: apiServerUrl(config), ...(await readTls(files)) })
  const [agentTransport, proxyTransport, dnsTransport] = await Promise.all([connect(pki.agentClient), connect(pki.kubeProxy), connect(pki.dns)])
  const shell = createShell({ log: log.child({ component: 'shell' }) })

  const onPodNetwork = async (podCidr: string): Promise<void> => {
    const network = { confDir: config.containerd.cniConfDir ?? paths.cni.conf, dataDir: paths.cni.data, podCidr, clusterCidr: config.podCidr }
    await prepareHost(shell, network)
    await ensureConflist(network)
  }
  const agent = createAgent(
    {
      nodeName: config.nodeName,
      nodeIp: config.nodeIp,
      paths,
      containerdSocket: config.containerd.socket ?? paths.containerd.socket,
      apiAddress: config.bindAddress,
      apiPort: config.agentPort,
      tls: { cert: pki.agentServer.cert, key: pki.agentServer.key, clientCa: pki.ca.cert },
      clusterDns: config.dnsIp,
      clusterDomain: config.clusterDomain,
      cgroupRoot: config.cgroupParent,
    },
    { log: log.child({ component: 'agent' }), transport: agentTransport, shell, onPodNetwork },
  )
  const proxy = createProxy(
    { nodeName: config.nodeName, clusterCidr: config.podCidr, serviceCidr: config.serviceCidr, servedLocally: [config.dnsIp] },
    { log: log.child({ component: 'proxy' }), transport: proxyTransport, shell, clock: systemClock },
  )
  const dns = createDns(
    { address: config.dnsIp, domain: config.clusterDomain, serviceCidr: config.serviceCidr, clusterCidr: config.podCidr },
    { log: log.child({ component: 'dns' }), transport: dnsTransport, shell, clock: systemClock },
  )
  return [
    { name: 'shell', service: { start: () => Promise.resolve(), stop: () => shell.close() } },
    {
      name: 'node',
      service: together(
        [
          { name: 'agent', service: agent },
          { name: 'proxy', service: proxy },
          { name: 'cluster DNS', service: dns },
        ],
        log,
      ),
    },
  ]
}
