// What upstream's default roles give to everybody: health and version without a name, discovery and questions about oneself with one.
import type { Authorizer } from './authorizer.ts'

/** ClusterRole system:public-info-viewer. */
const publicPaths = new Set(['/healthz', '/livez', '/readyz', '/version', '/version/'])
/** ClusterRole system:discovery; a star matches any rest. */
const discoveryPaths = ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*', '/readyz', '/version', '/version/']
/** ClusterRole system:basic-user. */
const selfReviews = new Set(['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'selfsubjectreviews'])

const matches = (pattern: string, path: string): boolean => (pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern)

export const discoveryPolicy: Authorizer = {
  name: 'discovery',
  authorize: ({ user, verb, isResource, group, resource, path }) => {
    const known = user.groups.includes('system:authenticated')
    if (isResource) {
      const self = known && verb === 'create' && selfReviews.has(resource) && (group === 'authorization.k8s.io' || group === 'authentication.k8s.io')
      return { decision: self ? 'allow' : 'none' }
    }
    if (verb !== 'get' && verb !== 'head') return { decision: 'none' }
    return { decision: publicPaths.has(path) || (known && discoveryPaths.some(p => matches(p, path))) ? 'allow' : 'none' }
  },
}
