// Members of system:masters may do everything.
import type { Authorizer } from './authorizer.ts'

export const masters: Authorizer = {
  name: 'masters',
  authorize: ({ user }) => ({ decision: user.groups.includes('system:masters') ? 'allow' : 'none' }),
}
