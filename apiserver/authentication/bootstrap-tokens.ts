// Bootstrap tokens: `ID.SECRET`, kept as Secrets bootstrap-token-ID in kube-system, for nodes that join.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { KubeObject } from '../../api/object.ts'
import type { Clock } from '../../base/clock.ts'
import type { Store } from '../../store/store.ts'
import { lookUp } from '../admission/look-up.ts'
import type { ResourceTable } from '../resource-table.ts'
import type { TokenAuthenticator } from './bearer-token.ts'

interface Secret extends KubeObject {
  type?: string
  data?: Readonly<Record<string, string>>
}

const form = /^([a-z0-9]{6})\.([a-z0-9]{16})$/
const groupForm = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

const sameText = (a: string, b: string): boolean => {
  const [left, right] = [a, b].map(text => createHash('sha256').update(text).digest())
  return timingSafeEqual(left!, right!)
}

export const bootstrapTokens = ({ store, table, clock }: { store: Store; table: ResourceTable; clock: Clock }): TokenAuthenticator => ({
  name: 'bootstrap-token',
  authenticate: async (token, audiences) => {
    const [, id = '', secretPart = ''] = form.exec(token) ?? []
    if (!id) return undefined
    const secret = await lookUp<Secret>(store, table.stored('secrets').keyOf('kube-system', `bootstrap-token-${id}`))
    if (!secret || secret.metadata.deletionTimestamp !== undefined || secret.type !== 'bootstrap.kubernetes.io/token') return undefined
    const value = (key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString()
    if (!value('token-secret') || !sameText(value('token-secret'), secretPart) || value('token-id') !== id) return undefined
    const expiration = value('expiration')
    // What cannot be read as a time counts as past.
    if (expiration && !(rfc3339.test(expiration) && Date.parse(expiration) > clock.now())) return undefined
    if (value('usage-bootstrap-authentication') !== 'true') return undefined
    const extra = value('auth-extra-groups')
      ? value('auth-extra-groups')
          .split(',')
          .map(g => g.trim())
      : []
    const bad = extra.find(g => !groupForm.test(g))
    if (bad !== undefined) throw new Error(`bootstrap token group ${JSON.stringify(bad)} is invalid`)
    return { user: { name: `system:bootstrap:${id}`, groups: ['system:bootstrappers', ...extra] }, audiences }
  },
})
