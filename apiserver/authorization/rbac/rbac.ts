// Role based access control over the policy index: an authorizer, and the rules that somebody has.
import type { PolicyRule } from '../../../api/types/rbac-v1.ts'
import type { UserInfo } from '../../user.ts'
import type { Authorizer, RuleList } from '../authorizer.ts'
import type { Grant, PolicyIndex } from './policy-index.ts'
import { ruleAllows } from './rule.ts'

const describeSubject = ({ subject: { kind, name, namespace }, namespace: own }: Grant): string =>
  kind === 'ServiceAccount' ? `ServiceAccount ${JSON.stringify(`${name}/${namespace || own}`)}` : `${kind} ${JSON.stringify(name)}`

/** Upstream's words: kubectl shows them with `auth can-i`. */
const describe = (grant: Grant): string => {
  const binding = grant.namespace ? `RoleBinding ${JSON.stringify(`${grant.name}/${grant.namespace}`)}` : `ClusterRoleBinding ${JSON.stringify(grant.name)}`
  return `RBAC: allowed by ${binding} of ${grant.roleRef.kind} ${JSON.stringify(grant.roleRef.name)} to ${describeSubject(grant)}`
}

const notThere = ({ roleRef }: Grant): string => `${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(roleRef.name)} not found`

export const createRbac = (index: PolicyIndex): Authorizer => ({
  name: 'RBAC',
  authorize: attributes => {
    const faults: string[] = []
    for (const grant of index.grantsTo(attributes.user, attributes.namespace)) {
      const rules = index.rulesOf(grant.roleRef, grant.namespace)
      if (!rules) faults.push(notThere(grant))
      else if (rules.some(rule => ruleAllows(rule, attributes))) return { decision: 'allow', reason: describe(grant) }
    }
    return { decision: 'none', ...(faults.length && { reason: `RBAC: ${faults.length > 1 ? `[${faults.join(', ')}]` : faults[0]!}` }) }
  },
  rulesOf: (user, namespace) => listRules(index, user, namespace),
})

/** All rules that somebody has cluster-wide and in a namespace, and the roles that bindings name in vain. */
export const listRules = (index: PolicyIndex, user: UserInfo, namespace: string): RuleList => {
  const rules: PolicyRule[] = []
  const faults: string[] = []
  for (const grant of index.grantsTo(user, namespace)) {
    const found = index.rulesOf(grant.roleRef, grant.namespace)
    if (found) rules.push(...found)
    else faults.push(notThere(grant))
  }
  return { rules, incomplete: false, faults }
}
