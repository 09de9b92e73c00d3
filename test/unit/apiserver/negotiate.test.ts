import t from 'tap'
import { negotiate, wantsAggregatedDiscovery } from '../../../apiserver/encoding/negotiate.ts'

const none = new URLSearchParams()
const ask = (header: string | undefined, options = {}): string => {
  try {
    const { mediaType, as } = negotiate(header, none, { conversions: true, ...options })
    return as ? `${mediaType} as ${as}` : mediaType
  } catch (error) {
    return String((error as { code: number }).code)
  }
}

await t.test('media types', async t => {
  const cases: [string | undefined, string][] = [
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/yaml', 'application/yaml'],
    ['application/*', '406'],
    ['text/plain', '406'],
    ['application', '406'],
    ['text/html,*/*;q=0.8', 'application/json'],
    ['application/yaml;q=0.5,application/json;q=0.9', 'application/json'],
    ['application/yaml;q=0.9,application/json;q=0.5', 'application/yaml'],
    ['application/vnd.kubernetes.protobuf;q=0.1,application/json', 'application/json'],
    ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'application/json as Table'],
    ['application/json;as=Table;v=v2;g=meta.k8s.io', '406'],
    ['application/json;as=Nope;v=v1;g=meta.k8s.io', '406'],
    ['application/json;as=Table;v=v9;g=meta.k8s.io,application/json', 'application/json'],
  ]
  for (const [header, want] of cases) t.equal(ask(header), want, header ?? 'no header')
})

await t.test('kinds that are not converted fall back to the plain form', async t => {
  t.equal(ask('application/json;as=Table;v=v1;g=meta.k8s.io', { conversions: false }), '406')
  t.equal(ask('application/json;as=Table;v=v1;g=meta.k8s.io,application/json', { conversions: false }), 'application/json')
})

await t.test('a watch is never YAML', async t => {
  t.equal(ask('application/yaml', { watch: true, list: true }), '406')
  t.equal(ask('application/json;stream=watch', { watch: true, list: true }), 'application/json')
})

await t.test('aggregated discovery', async t => {
  t.equal(wantsAggregatedDiscovery('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'), 'v2')
  t.equal(wantsAggregatedDiscovery('application/json'), undefined)
  t.equal(wantsAggregatedDiscovery(undefined), undefined)
})
