// /healthz, /livez and /readyz: named checks, each of its own path, `?verbose` and `?exclude=`.
import type { Parts } from '../context.ts'
import { type Answer, pageNotFound, textAnswer } from '../http/answer.ts'
import type { RequestInfo } from '../request-info.ts'

interface Check {
  readonly name: string
  /** Only part of these endpoints; all when absent. */
  readonly only?: readonly string[]
  run(parts: Parts, signal: AbortSignal): Promise<void> | void
}

/**
 * Upstream's names for what is done once start() has resolved, in its order. Clients ask for them and exclude them by name, so all of
 * them answer; the ones whose part we do not have yet stand for the start as a whole.
 */
const startedParts = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'peer-endpoint-reconciler-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'storage-readiness',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'aggregator-reload-proxy-client-cert',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-wait-for-first-sync',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
  'autoregister-completion',
  'apiservice-openapi-controller',
  'apiservice-openapiv3-controller',
].map((name): Check => ({ name: name === 'autoregister-completion' ? name : `poststarthook/${name}`, run: () => undefined }))

const checks: readonly Check[] = [
  { name: 'ping', run: () => undefined },
  { name: 'log', run: () => undefined },
  { name: 'loopback-serving-certificate', run: () => undefined },
  { name: 'etcd', run: ({ store }, signal) => store.health(signal) },
  { name: 'etcd-readiness', only: ['readyz'], run: ({ store }, signal) => store.health(signal) },
  { name: 'informer-sync', only: ['readyz'], run: () => undefined },
  ...startedParts,
  {
    name: 'shutdown',
    only: ['readyz'],
    run: ({ stopping }) => {
      if (stopping.aborted) throw new Error('the server is stopping')
    },
  },
]

const endpoints = ['healthz', 'livez', 'readyz']

const withTimeout = 5_000

const runCheck = async (check: Check, parts: Parts): Promise<string | undefined> => {
  try {
    await check.run(parts, AbortSignal.timeout(withTimeout))
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Undefined when the path is none of these. */
export const answerHealth = async (parts: Parts, info: RequestInfo): Promise<Answer | undefined> => {
  const [, endpoint = '', ...rest] = info.path.split('/')
  if (!endpoints.includes(endpoint)) return undefined
  const mine = checks.filter(c => !c.only || c.only.includes(endpoint))
  if (rest.length) {
    const check = mine.find(c => c.name === rest.join('/'))
    if (!check) return pageNotFound()
    const failure = await runCheck(check, parts)
    return failure === undefined ? textAnswer(200, 'ok') : textAnswer(500, `internal server error: ${failure}\n`)
  }
  const excluded = new Set(info.query.getAll('exclude').flatMap(e => e.split(',')))
  const lines: string[] = []
  const failed: string[] = []
  for (const check of mine) {
    if (excluded.delete(check.name)) {
      lines.push(`[+]${check.name} excluded: ok`)
      continue
    }
    const failure = await runCheck(check, parts)
    if (failure === undefined) lines.push(`[+]${check.name} ok`)
    else {
      failed.push(check.name)
      // What failed is logged; a client without rights learns only that it did.
      parts.log.warn({ check: check.name, failure }, 'a health check failed')
      lines.push(`[-]${check.name} failed: reason withheld`)
    }
  }
  if (excluded.size) lines.push(`warn: some health checks cannot be excluded: no matches for ${[...excluded].map(e => JSON.stringify(e)).join(', ')}`)
  if (failed.length) return textAnswer(500, `${lines.join('\n')}\n${endpoint} check failed\n`)
  return textAnswer(200, info.query.has('verbose') ? `${lines.join('\n')}\n${endpoint} check passed\n` : 'ok')
}
