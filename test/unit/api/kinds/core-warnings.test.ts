// What is accepted in core's kinds, but not without a word. One line a warning.
import t from 'tap'
import { endpoints } from '../../../../api/kinds/core/endpoints.ts'
import { nodes } from '../../../../api/kinds/core/node.ts'
import { persistentVolumeClaims } from '../../../../api/kinds/core/persistent-volume-claim.ts'
import { persistentVolumes } from '../../../../api/kinds/core/persistent-volume.ts'
import { podTemplates } from '../../../../api/kinds/core/pod-template.ts'
import { pods } from '../../../../api/kinds/core/pod.ts'
import { replicationControllers } from '../../../../api/kinds/core/replication-controller.ts'
import { secrets } from '../../../../api/kinds/core/secret.ts'
import { services } from '../../../../api/kinds/core/service.ts'
import { endpointSlices } from '../../../../api/kinds/discovery/endpoint-slice.ts'
import { cidrWarnings, ipWarnings } from '../../../../api/kinds/ip-warnings.ts'
import type { AnyResource } from '../../../../api/resource.ts'
import { stored } from './judge.ts'

const warn = (resource: AnyResource, given: object, before?: object): string[] =>
  resource.warnings?.(stored(resource, given), before && stored(resource, before)) ?? []
const pod = (spec: object, annotations = {}, container: object = {}): string[] =>
  warn(pods, { metadata: { annotations }, spec: { containers: [{ name: 'c', image: 'i', ...container }], ...spec } })

await t.test('pods', t => {
  const port = (more: object) => ({
    ports: [
      { containerPort: 80, name: 'web' },
      { containerPort: 80, ...more },
    ],
  })
  const [first, second] = ['spec.containers[0].ports[0]', 'spec.containers[0].ports[1]']
  const term = (key: string, values: string[]) => ({ matchExpressions: [{ key, operator: 'In', values }] })
  const cases: readonly [string[], ...string[]][] = [
    [pod({})],
    [pod({}, {}, port({})), `${second}: duplicate port definition with ${first}`],
    [pod({}, {}, port({ hostPort: 8080 })), `${second}: overlapping port definition with ${first}`],
    [
      pod(
        {},
        {},
        {
          ports: [
            { containerPort: 80, hostPort: 80 },
            { containerPort: 80, hostPort: 80, hostIP: '10.0.0.1' },
          ],
        },
      ),
      `${second}: dangerously ambiguous port definition with ${first}`,
    ],
    [
      pod({}, {}, { ports: [{ containerPort: 80, hostIP: '10.0.0.1' }] }),
      `${first}: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:80 Protocol:TCP HostIP:10.0.0.1}`,
    ],
    [
      pod(
        {},
        {},
        {
          ports: [
            { containerPort: 80, name: 'web' },
            { containerPort: 81, name: 'web' },
          ],
        },
      ),
      `${second}: duplicate port name "web" with ${first}, services and probes that select ports by name will use ${first}`,
    ],
    [
      pod({ nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }),
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    ],
    [
      pod({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term('beta.kubernetes.io/os', ['Bad!'])] } } } }),
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key: beta.kubernetes.io/os is deprecated since v1.14; use "kubernetes.io/os" instead',
    ],
    [
      pod({ topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }] }),
      'spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod',
    ],
    [
      pod({ affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'zone' } }] } } }),
      'spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.labelSelector: a null labelSelector results in matching no pod',
    ],
    [
      pod({}, { 'scheduler.alpha.kubernetes.io/critical-pod': '' }),
      'metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead',
    ],
    [
      pod({}, { 'container.seccomp.security.alpha.kubernetes.io/c': 'unconfined' }),
      'metadata.annotations[container.seccomp.security.alpha.kubernetes.io/c]: non-functional in v1.27+; use the "seccompProfile" field instead',
    ],
    [
      pod({}, { 'container.apparmor.security.beta.kubernetes.io/c': 'unconfined' }),
      'metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the "appArmorProfile" field instead',
    ],
    [pod({ volumes: [{ name: 'v', rbd: { monitors: ['m'], image: 'i' } }] }), 'spec.volumes[0].rbd: deprecated in v1.28, non-functional in v1.31+'],
    [pod({ hostAliases: [{ ip: '10.0.0.1' }, { ip: '10.0.0.1' }] }), 'spec.hostAliases[1].ip: duplicate ip "10.0.0.1"'],
    [pod({ imagePullSecrets: [{ name: 'a' }, { name: 'a' }] }), 'spec.imagePullSecrets[1].name: duplicate name "a"'],
    [pod({ imagePullSecrets: [{}] }), 'spec.imagePullSecrets[0].name: invalid empty name ""'],
    [
      pod({}, {}, { resources: { requests: { memory: '1500m' } } }),
      'spec.containers[0].resources.requests[memory]: fractional byte value "1500m" is invalid, must be an integer',
    ],
    [
      pod(
        {},
        {},
        {
          env: [
            { name: 'A', value: 'x' },
            { name: 'A', value: '$(A)y' },
          ],
        },
      ),
    ],
    [
      pod(
        {},
        {},
        {
          env: [
            { name: 'A', value: 'x' },
            { name: 'A', value: 'y' },
          ],
        },
      ),
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ],
    [
      pod({ dnsConfig: { nameservers: ['010.0.0.1'] } }),
      'spec.dnsConfig.nameservers[0]: non-standard IP address "010.0.0.1" will be considered invalid in a future Kubernetes release: use "10.0.0.1"',
    ],
  ]
  for (const [found, ...expected] of cases) t.same(found, expected)
  const preferred = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: term('a', ['Bad!']) }] } }
  t.match(pod({ affinity: preferred }), [/^spec\.affinity\..*\[0\]\.preference\.matchExpressions\[0\]\.values\[0\]: Bad! is invalid, /])
  t.match(warn(pods, { metadata: { name: 'a.b' }, spec: { containers: [] } }), [/^metadata\.name: this is used in the Pod's hostname, /])
  const dup = { spec: { containers: [], hostAliases: [{ ip: '10.0.0.1' }, { ip: '10.0.0.1' }] } }
  t.same(warn(pods, dup, { spec: { containers: [] } }), [], 'an update of a pod is not looked at')
  t.end()
})

await t.test('files of a volume', t => {
  const volume = (source: object): string[] => pod({ volumes: [{ name: 'v', ...source }] })
  const items = (...paths: string[]) => paths.map(path => ({ key: 'k', path }))
  t.same(volume({ secret: { secretName: 's', items: items('d/p', 'd/p', 'e') } }), ['volume "v" (Secret "s"): overlapping paths: "d/p" with "d/p"'])
  t.same(volume({ configMap: { name: 'm', items: items('a', 'a/b', 'ab') } }), ['volume "v" (ConfigMap "m"): overlapping paths: "a/b" with "a"'])
  t.same(volume({ projected: { sources: [{}, { secret: { name: 's', items: items('t') } }, { serviceAccountToken: { path: 't/' } }] } }), [
    'volume "v" (Projected) has no sources provided',
    'volume "v" (Projected): overlapping paths: "t" (ServiceAccountToken) with "t" (Secret "s")',
  ])
  t.end()
})

await t.test('templates', t => {
  const spec = { containers: [{ name: 'c', image: 'i' }], imagePullSecrets: [{}] }
  const metadata = { annotations: { 'security.alpha.kubernetes.io/sysctls': '' } }
  const said = (path: string) => [
    `${path}.metadata.annotations[security.alpha.kubernetes.io/sysctls]: non-functional in v1.11+; use the "sysctls" field instead`,
    `${path}.spec.imagePullSecrets[0].name: invalid empty name ""`,
  ]
  t.same(warn(podTemplates, { template: { metadata, spec } }), said('template'))
  t.same(warn(replicationControllers, { spec: { template: { metadata, spec } } }), said('spec.template'))
  t.end()
})

await t.test('other kinds', t => {
  const service = (spec: object, annotations = {}): string[] => warn(services, { metadata: { annotations }, spec: { ports: [{ port: 80 }], ...spec } })
  const headless = { clusterIP: 'None', clusterIPs: ['None'] }
  const volume = (spec: object): string[] => warn(persistentVolumes, { spec })
  const claim = (storage: string, annotations = {}): string[] =>
    warn(persistentVolumeClaims, { metadata: { annotations }, spec: { resources: { requests: { storage } } } })
  const tls = (data: object): string[] => warn(secrets, { type: 'kubernetes.io/tls', stringData: data })
  const pem = '-----BEGIN X-----\n-----END X-----\n'
  const cases: readonly [string[], ...string[]][] = [
    [service({})],
    [service({ externalIPs: ['203.0.113.5'] }), 'spec.externalIPs is deprecated and may no longer be implemented in some clusters'],
    [service({ ...headless, externalIPs: ['203.0.113.5'] }), 'spec.externalIPs is ignored for headless services'],
    [service({ ...headless, sessionAffinity: 'ClientIP' }), 'spec.SessionAffinity is ignored for headless services'],
    [service({ type: 'ExternalName', externalName: 'a.b', externalIPs: ['203.0.113.5'] }), 'spec.externalIPs is ignored when spec.type is "ExternalName"'],
    [service({ externalName: 'a.b' }), 'spec.externalName is ignored when spec.type is not "ExternalName"'],
    [service({ trafficDistribution: 'PreferClose' }), 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'],
    [
      service({}, { 'service.kubernetes.io/topology-aware-hints': 'auto' }),
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    ],
    [
      volume({ persistentVolumeReclaimPolicy: 'Recycle' }),
      'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
    ],
    [volume({ storageos: {} }), 'spec.storageOS: deprecated in v1.22, non-functional in v1.25+'],
    [volume({ capacity: { storage: '1500m' } }), 'spec.capacity[storage]: fractional byte value "1500m" is invalid, must be an integer'],
    [claim('1500m'), 'spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer'],
    [
      claim('1Gi', { 'volume.beta.kubernetes.io/storage-class': 'x' }),
      'metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead',
    ],
    [warn(nodes, { spec: { externalID: 'x' } }), 'spec.externalID: this field is deprecated, and is unused by Kubernetes'],
    [
      warn(nodes, { spec: { podCIDRs: ['10.0.0.1/24'] } }),
      'spec.podCIDRs[0]: CIDR value "10.0.0.1/24" is ambiguous in this context (should be "10.0.0.0/24" or "10.0.0.1/32"?)',
    ],
    [warn(endpointSlices, { addressType: 'FQDN', endpoints: [{ addresses: ['a.b'] }] }), 'spec.addressType: FQDN endpoints are deprecated'],
    [
      warn(endpointSlices, { addressType: 'IPv4', endpoints: [{ addresses: ['010.0.0.1'] }] }),
      'endpoints[0].addresses[0]: non-standard IP address "010.0.0.1" will be considered invalid in a future Kubernetes release: use "10.0.0.1"',
    ],
    [
      warn(endpoints, { subsets: [{ notReadyAddresses: [{ ip: 'FD00::1' }] }] }),
      'subsets[0].notReadyAddresses[0].ip: IPv6 address "FD00::1" should be in RFC 5952 canonical format ("fd00::1")',
    ],
    [tls({ 'tls.crt': 'x', 'tls.key': pem }), 'tls: failed to find any PEM data in certificate input'],
    [tls({ 'tls.crt': pem, 'tls.key': 'y' }), 'tls: failed to find any PEM data in key input'],
    [tls({ 'tls.crt': pem, 'tls.key': pem })],
  ]
  for (const [found, ...expected] of cases) t.same(found, expected)
  t.end()
})

await t.test('addresses that are not written as they should be', t => {
  const future = 'will be considered invalid in a future Kubernetes release'
  t.same(ipWarnings('p', '10.0.0.1'), [])
  t.same(ipWarnings('p', 'fd00::1'), [])
  t.same(ipWarnings('p', 'x'), [])
  t.same(ipWarnings('p', '::ffff:10.0.0.1'), [`p: non-standard IP address "::ffff:10.0.0.1" ${future}: use "10.0.0.1"`])
  t.same(ipWarnings('p', 'FD00:0::1'), ['p: IPv6 address "FD00:0::1" should be in RFC 5952 canonical format ("fd00::1")'])
  t.same(cidrWarnings('p', '10.0.0.0/8'), [])
  t.same(cidrWarnings('p', '010.0.0.0/8'), [`p: non-standard CIDR value "010.0.0.0/8" ${future}: use "10.0.0.0/8"`])
  t.same(cidrWarnings('p', 'FD00::/64'), ['p: IPv6 CIDR value "FD00::/64" should be in RFC 5952 canonical format ("fd00::/64")'])
  t.end()
})
