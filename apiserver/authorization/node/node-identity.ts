// Who is a node: a member of system:nodes; which one, says the user's name.
import type { UserInfo } from '../../user.ts'

const prefix = 'system:node:'

/** undefined: not a node. An empty name: a node that does not say which. */
export const nodeIdentity = ({ name, groups }: UserInfo): { readonly nodeName: string } | undefined =>
  name.startsWith(prefix) && groups.includes('system:nodes') ? { nodeName: name.slice(prefix.length) } : undefined
