import t from 'tap'
import { hasEmptySegment, parseRequest } from '../../../apiserver/request-info.ts'

await t.test('paths of resources', async t => {
  const cases: [string, string, Record<string, unknown>][] = [
    ['GET', '/api/v1/pods', { verb: 'list', plural: 'pods', namespace: '', namespacePath: false, group: '', version: 'v1' }],
    ['GET', '/api/v1/namespaces/a/pods/b', { verb: 'get', plural: 'pods', namespace: 'a', name: 'b' }],
    ['GET', '/api/v1/namespaces/a', { verb: 'get', plural: 'namespaces', name: 'a', namespace: '' }],
    ['PUT', '/api/v1/namespaces/a/finalize', { verb: 'update', plural: 'namespaces', name: 'a', subresource: 'finalize' }],
    ['GET', '/api/v1/namespaces/a/status', { verb: 'get', plural: 'namespaces', name: 'a', subresource: 'status' }],
    ['PATCH', '/apis/apps/v1/namespaces/a/deployments/d/scale', { verb: 'patch', group: 'apps', plural: 'deployments', name: 'd', subresource: 'scale' }],
    ['GET', '/apis/apps/v1/deployments?watch=1', { verb: 'watch', plural: 'deployments' }],
    ['GET', '/apis/apps/v1/deployments?watch=false', { verb: 'list' }],
    ['GET', '/api/v1/watch/namespaces/a/configmaps/c', { verb: 'watch', watchPath: true, plural: 'configmaps', name: 'c', namespace: 'a' }],
    ['DELETE', '/api/v1/namespaces/a/pods', { verb: 'deletecollection' }],
    ['GET', '/api/v1/namespaces//pods', { verb: 'list', namespace: '', namespacePath: true, plural: 'pods' }],
    ['GET', '/api/v1/namespaces/a/pods/p/proxy/x/y', { subresource: 'proxy', rest: ['x', 'y'] }],
    ['GET', '/api/v1/nodes/', { verb: 'list', plural: 'nodes' }],
  ]
  for (const [method, path, want] of cases) t.match(parseRequest(method, path), { isResource: true, ...want }, `${method} ${path}`)
})

await t.test('paths that are no resources', async t => {
  for (const path of ['/', '/api', '/apis', '/api/v1', '/apis/apps', '/apis/apps/v1', '/healthz', '/version', '/openapi/v3', '/nope'])
    t.equal(parseRequest('GET', path).isResource, false, path)
  t.match(parseRequest('GET', '/apis/apps/v1'), { group: 'apps', version: 'v1' })
})

await t.test('empty segments are only taken for all namespaces', async t => {
  t.equal(hasEmptySegment('/api/v1/namespaces//pods'), false)
  t.equal(hasEmptySegment('/api/v1/pods/'), false)
  t.equal(hasEmptySegment('/api//v1/pods'), true)
  t.equal(hasEmptySegment('/api/v1/namespaces/a//pods'), true)
})

await t.test('what cannot be decoded is left as it is, never thrown', async t => {
  t.equal(parseRequest('GET', '/api/v1/namespaces/%zz/pods').namespace, '%zz')
})
