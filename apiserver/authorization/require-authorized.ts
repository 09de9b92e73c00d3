// The refusal of what nobody allows: a 403 that says who may not do what where, in upstream's words, which kubectl shows.
import { forbidden, StatusError } from '../../api/status.ts'
import { type Attributes, type Authorizer, authorize } from './authorizer.ts'

export const refusal = ({ user, verb, isResource, group, resource, subresource, namespace, name, path }: Attributes, reason: string): StatusError => {
  const who = `User ${JSON.stringify(user.name)}`
  const suffix = reason && `: ${reason}`
  if (!isResource) return new StatusError(403, 'Forbidden', `forbidden: ${who} cannot ${verb} path ${JSON.stringify(path)}${suffix}`, {})
  const what = JSON.stringify(subresource ? `${resource}/${subresource}` : resource)
  const scope = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope'
  return forbidden({ group, plural: resource }, name, `${who} cannot ${verb} resource ${what} in API group ${JSON.stringify(group)} ${scope}${suffix}`)
}

export const requireAuthorized = async (authorizers: readonly Authorizer[], attributes: Attributes): Promise<void> => {
  const { allowed, reason } = await authorize(authorizers, attributes)
  if (!allowed) throw refusal(attributes, reason)
}
