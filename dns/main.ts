// Cluster DNS of this node. Each node answers its own pods on the one service address, so no packet leaves the node for a name. The address
// stays on the loopback device when we stop: what asks meanwhile is refused at once, and served again when we are back.
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import type { Shell } from '../base/shell.types.ts'
import { createApiClient } from '../client/api-client.ts'
import { createInformerFactory } from '../client/informer.ts'
import type { Transport } from '../client/types.ts'
import type { DnsConfig } from './config.ts'
import { completeDnsConfig } from './config.ts'
import { createForwarder } from './forwarder.ts'
import { createInformerView } from './informer-view.ts'
import type { Nameservers } from './nameservers.ts'
import { watchNameservers } from './nameservers.ts'
import { createRespond } from './respond.ts'
import type { DnsServer } from './server.ts'
import { listen } from './server.ts'

export interface DnsDeps {
  readonly log: Logger
  readonly transport: Transport
  readonly shell: Shell
  readonly clock: Clock
}

/** Scope host: the kernel must never choose it as the source of the host's own packets. */
const ensureAddress = async (shell: Shell, address: string): Promise<void> => {
  const { code, stderr } = await shell.run(['ip', 'address', 'replace', `${address}/32`, 'dev', 'lo', 'scope', 'host'])
  if (code !== 0) throw new Error(`cannot put the DNS address ${address} on the loopback device: ${stderr.trim()}`)
}

export const createDns = (given: DnsConfig, { log, transport, shell, clock }: DnsDeps): Service => {
  const config = completeDnsConfig(given)
  const informers = createInformerFactory(createApiClient(transport, { userAgent: 'wherry-dns', clock }), { log, clock })
  const view = createInformerView(informers)
  const stopping = new AbortController()
  let ready = false
  let nameservers: Nameservers | undefined
  let server: DnsServer | undefined

  const forwarder = createForwarder({ nameservers: () => nameservers?.current() ?? [], clock })
  const respond = createRespond({ zone: config, view, isReady: () => ready, forwarder, log })

  return {
    start: async signal => {
      if (config.manageAddress) await ensureAddress(shell, config.address)
      nameservers = await watchNameservers(config.resolvConf, new Set([config.address]), log)
      server = await listen(config.address, config.port, respond, log)
      informers.start(stopping.signal)
      await informers.synced(AbortSignal.any([signal, stopping.signal]))
      ready = true
      log.info({ address: config.address, domain: config.domain, nameservers: nameservers.current() }, 'cluster DNS answers')
    },
    stop: async () => {
      stopping.abort(new Error('DNS is stopping'))
      nameservers?.stop()
      await server?.close()
    },
  }
}
