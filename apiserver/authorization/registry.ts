// The authorizers in the order in which they are asked. RBAC and the Node authorizer slot in here.
import type { Authorizer } from './authorizer.ts'
import { componentPolicy } from './component-policy.ts'
import { discoveryPolicy } from './discovery-policy.ts'
import { masters } from './masters.ts'

export const createAuthorizers = (): readonly Authorizer[] => [masters, discoveryPolicy, componentPolicy]
