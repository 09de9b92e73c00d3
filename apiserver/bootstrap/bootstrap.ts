// What a server makes for itself, in order: namespaces first, as other things lie in them.
import type { Parts } from '../context.ts'
import { ensureAuthenticationConfigMaps } from './authentication-config-map.ts'
import { ensureFlowControl } from './flow-control.ts'
import { ensureServiceCidr } from './kubernetes-service.ts'
import { ensureNamespaces } from './namespaces.ts'
import { ensurePriorityClasses } from './priority-classes.ts'
import { ensurePolicy } from './rbac.ts'

/** Everything but the Service `kubernetes`, which needs the port. Idempotent; several servers may do it at once. */
export const bootstrap = async (parts: Parts): Promise<void> => {
  await ensureNamespaces(parts)
  await Promise.all([
    ensurePolicy(parts),
    ensurePriorityClasses(parts),
    ensureFlowControl(parts),
    ensureServiceCidr(parts),
    ensureAuthenticationConfigMaps(parts),
  ])
}
