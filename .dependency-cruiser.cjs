// The arrows of the house (docs/ARCHITECTURE.md): who may import whom. Everything not named here is an error.
const folders = [
  'base',
  'api',
  'proto',
  'store',
  'client',
  'apiserver',
  'controllers',
  'scheduler',
  'agent',
  'cni',
  'proxy',
  'dns',
  'ingress',
  'cli',
  'bench',
  'test',
  'scripts',
]
const components = ['apiserver', 'controllers', 'scheduler', 'agent', 'proxy', 'dns', 'ingress']
const arrows = {
  base: [],
  proto: [],
  api: ['base'],
  cni: ['base'],
  store: ['base', 'api', 'proto'],
  client: ['base', 'api'],
  apiserver: ['base', 'api', 'store'],
  controllers: ['base', 'api', 'client'],
  scheduler: ['base', 'api', 'client'],
  proxy: ['base', 'api', 'client'],
  dns: ['base', 'api', 'client'],
  ingress: ['base', 'api', 'client'],
  agent: ['base', 'api', 'client', 'proto', 'cni'],
}
const arrow = ([from, to]) => ({
  name: `arrow-${from}`,
  severity: 'error',
  comment: `${from} may import ${to.join(', ') || 'nothing of ours'}`,
  from: { path: `^${from}/` },
  to: { path: `^(${folders.join('|')})/`, pathNot: `^(${[from, ...to].join('|')})/`, dependencyTypesNot: ['core'] },
})
// Composition roots are the only way into a component from outside of it.
const roots = {
  name: 'only-main',
  severity: 'error',
  from: { path: '^(cli|bench|index\\.ts)' },
  to: { path: `^(${components.join('|')})/`, pathNot: `^(${components.join('|')})/main\\.ts$`, dependencyTypesNot: ['core'] },
}
const pure = [
  '^api/',
  '^agent/(plan|pod-status|eviction)/',
  '^scheduler/(plugins|framework)/',
  '^proxy/rules/',
  '^dns/records/',
  '^ingress/routes/',
  '^controllers/[^/]+/(plan|compute)[^/]*\\.ts$',
]
const effects = [
  '^client/(?!.*\\.types\\.ts$)',
  '^agent/cri/',
  '^node:(fs|net|http|https|http2|child_process|dgram|tls)',
  '^(fs|net|http|https|http2|child_process|dgram|tls)(/|$)',
]
module.exports = {
  forbidden: [
    ...Object.entries(arrows).map(arrow),
    roots,
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    {
      name: 'pure',
      severity: 'error',
      comment: 'decisions reach no effects, directly or through what they import',
      from: { path: pure.join('|') },
      to: { path: effects.join('|'), reachable: true },
    },
    { name: 'no-test-in-product', severity: 'error', from: { pathNot: '^(test|bench|scripts)/' }, to: { path: '^test/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules/(?!node:)|dist|\\.tap)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
}
