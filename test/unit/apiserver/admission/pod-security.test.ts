// Every check of the Pod Security Standards, as a table: what a pod sets, and why a level forbids it.
import t from 'tap'
import type { Pod } from '../../../../api/types/core-v1.ts'
import { findViolations, type Level, printDetails, type Policy, printReasons, toPolicy } from '../../../../apiserver/admission/pod-security/policy.ts'
import { isSignificant } from '../../../../apiserver/admission/pod-security/pod-security.ts'
import type { PodLike } from '../../../../apiserver/admission/pod-security/violation.ts'

const good = { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } }
const pod = (spec: object = {}, container: object = {}, metadata: object = {}): PodLike =>
  ({ metadata, spec: { containers: [{ name: 'c', ...container }], ...spec } }) as unknown as PodLike
const secured = (more: object, spec: object = {}): PodLike => pod(spec, { securityContext: { ...good, ...more } })
const told = (p: PodLike, level: Level, version: number | 'latest' = 'latest'): string => printDetails(findViolations(p, { level, version }))

await t.test('baseline', t => {
  const cases: [string, PodLike, string][] = [
    ['nothing special', pod(), ''],
    ['host namespaces', pod({ hostNetwork: true, hostIPC: true }), 'host namespaces (hostNetwork=true, hostIPC=true)'],
    ['host paths', pod({ volumes: [{ name: 'a', hostPath: { path: '/' } }] }), 'hostPath volumes (volume "a")'],
    [
      'host ports',
      pod({}, { ports: [{ containerPort: 1, hostPort: 90 }, { containerPort: 2, hostPort: 80 }, { containerPort: 3 }] }),
      'hostPort (container "c" uses hostPorts 80, 90)',
    ],
    ['privileged', secured({ privileged: true }), 'privileged (container "c" must not set securityContext.privileged=true)'],
    [
      'capabilities',
      secured({ capabilities: { add: ['SYS_TIME', 'CHOWN', 'NET_RAW'] } }),
      'non-default capabilities (container "c" must not include "NET_RAW", "SYS_TIME" in securityContext.capabilities.add)',
    ],
    [
      'AppArmor field',
      secured({ appArmorProfile: { type: 'Unconfined' } }),
      'forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined")',
    ],
    [
      'AppArmor annotation',
      pod({}, {}, { annotations: { 'container.apparmor.security.beta.kubernetes.io/c': 'unconfined' } }),
      'forbidden AppArmor profile (annotation container.apparmor.security.beta.kubernetes.io/c="unconfined")',
    ],
    ['AppArmor of the node', pod({}, {}, { annotations: { 'container.apparmor.security.beta.kubernetes.io/c': 'localhost/x' } }), ''],
    [
      'SELinux type',
      pod({ securityContext: { seLinuxOptions: { type: 'spc_t' } } }),
      'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t")',
    ],
    [
      'SELinux user and role',
      secured({ seLinuxOptions: { user: 'u', role: 'r' } }),
      'seLinuxOptions (container "c" set forbidden securityContext.seLinuxOptions: user may not be set; role may not be set)',
    ],
    ['proc mount', secured({ procMount: 'Unmasked' }), 'procMount (container "c" must not set securityContext.procMount to "Unmasked")'],
    ['proc mount in a user namespace', secured({ procMount: 'Unmasked' }, { hostUsers: false }), ''],
    [
      'seccomp',
      pod({ securityContext: { seccompProfile: { type: 'Unconfined' } } }, { securityContext: { seccompProfile: { type: 'Unconfined' } } }),
      'seccompProfile (pod and container "c" must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    ['sysctls', pod({ securityContext: { sysctls: [{ name: 'kernel.msgmax' }, { name: 'net.ipv4.tcp_rmem' }] } }), 'forbidden sysctls (kernel.msgmax)'],
    [
      'host process',
      secured({ windowsOptions: { hostProcess: true } }),
      'hostProcess (container "c" must not set securityContext.windowsOptions.hostProcess=true)',
    ],
    [
      'a probe of another host',
      pod({}, { livenessProbe: { httpGet: { port: 1, host: '127.0.0.1' } }, lifecycle: { preStop: { tcpSocket: { port: 1, host: 'b' } } } }),
      'probe or lifecycle host (container "c" uses probe or lifecycle hosts "127.0.0.1", "b")',
    ],
    [
      'init and ephemeral containers',
      pod({
        initContainers: [{ name: 'i', securityContext: { privileged: true } }],
        ephemeralContainers: [{ name: 'e', securityContext: { privileged: true } }],
      }),
      'privileged (containers "i", "e" must not set securityContext.privileged=true)',
    ],
  ]
  for (const [what, p, want] of cases) t.equal(told(p, 'baseline'), want, what)
  t.equal(told(pod({ hostPID: true }, { securityContext: { privileged: true } }), 'privileged'), '', 'privileged forbids nothing')
  t.end()
})

await t.test('restricted', t => {
  const cases: [string, PodLike, string][] = [
    ['all that is asked for', secured({}), ''],
    [
      'for the whole pod',
      pod(
        { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Localhost' } } },
        { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
      ),
      '',
    ],
    [
      'nothing',
      pod(),
      'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ],
    [
      'an added capability',
      secured({ capabilities: { drop: ['ALL'], add: ['CHOWN', 'NET_BIND_SERVICE'] } }),
      'unrestricted capabilities (container "c" must not include "CHOWN" in securityContext.capabilities.add)',
    ],
    ['root', secured({ runAsNonRoot: false }), 'runAsNonRoot != true (container "c" must not set securityContext.runAsNonRoot=false)'],
    ['root by number', secured({ runAsUser: 0 }, { securityContext: { runAsUser: 0 } }), 'runAsUser=0 (pod and container "c" must not set runAsUser=0)'],
    ['root in a user namespace', secured({ runAsNonRoot: false, runAsUser: 0 }, { hostUsers: false }), ''],
    [
      'proc mount in a user namespace',
      secured({ procMount: 'Unmasked' }, { hostUsers: false }),
      'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
    ],
    [
      'volumes',
      secured(
        {},
        {
          volumes: [
            { name: 'n', nfs: {} },
            { name: 'h', hostPath: { path: '/' } },
            { name: 's', secret: {} },
          ],
        },
      ),
      'restricted volume types (volumes "n", "h" use restricted volume types "hostPath", "nfs")',
    ],
    ['windows', pod({ os: { name: 'windows' } }, { securityContext: { runAsNonRoot: true } }), ''],
    ['baseline too', secured({}, { hostPID: true }), 'host namespaces (hostPID=true)'],
  ]
  for (const [what, p, want] of cases) t.equal(told(p, 'restricted'), want, what)
  t.end()
})

await t.test('versions', t => {
  const sysctl = (name: string): PodLike => pod({ securityContext: { sysctls: [{ name }] } })
  const cases: [string, PodLike, Level, number, boolean][] = [
    ['keepalive sysctls since 29', sysctl('net.ipv4.tcp_keepalive_time'), 'baseline', 29, true],
    ['not before', sysctl('net.ipv4.tcp_keepalive_time'), 'baseline', 28, false],
    ['reserved ports since 27', sysctl('net.ipv4.ip_local_reserved_ports'), 'baseline', 26, false],
    ['buffers since 32', sysctl('net.ipv4.tcp_wmem'), 'baseline', 32, true],
    ['engine type since 31', pod({ securityContext: { seLinuxOptions: { type: 'container_engine_t' } } }), 'baseline', 31, true],
    ['not before', pod({ securityContext: { seLinuxOptions: { type: 'container_engine_t' } } }), 'baseline', 30, false],
    ['hosts of probes since 34', pod({}, { livenessProbe: { tcpSocket: { host: 'h' } } }), 'baseline', 33, true],
    ['user namespaces since 35', secured({ procMount: 'Unmasked' }, { hostUsers: false }), 'baseline', 34, false],
    ['seccomp annotations before 19', pod({}, {}, { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' } }), 'baseline', 18, false],
    ['no more since', pod({}, {}, { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' } }), 'baseline', 19, true],
    ['escalation since 8', pod({ securityContext: { runAsNonRoot: true } }), 'restricted', 7, true],
    ['and on', pod({ securityContext: { runAsNonRoot: true } }), 'restricted', 8, false],
    ['capabilities since 22', secured({ capabilities: {} }), 'restricted', 21, true],
    ['and on', secured({ capabilities: {} }), 'restricted', 22, false],
    ['root’s number since 23', secured({ runAsUser: 0 }), 'restricted', 22, true],
    ['windows since 25', pod({ os: { name: 'windows' } }, { securityContext: { runAsNonRoot: true } }), 'restricted', 24, false],
    ['what is to come is the newest', secured({ procMount: 'Unmasked' }, { hostUsers: false }), 'baseline', 99, true],
  ]
  for (const [what, p, level, version, allowed] of cases) t.equal(findViolations(p, { level, version }).length === 0, allowed, `${what} (${level} ${version})`)
  t.equal(printReasons(findViolations(pod({ hostPID: true, hostIPC: true }), { level: 'baseline', version: 'latest' })), 'host namespaces')
  t.end()
})

await t.test('labels', t => {
  const lenient = { level: 'privileged', version: 'latest' } as const
  const defaults: Policy = { enforce: lenient, audit: lenient, warn: lenient }
  const label = (pairs: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(pairs).map(([k, v]) => [`pod-security.kubernetes.io/${k}`, v]))
  const read = (pairs: Record<string, string>): ReturnType<typeof toPolicy> => toPolicy(label(pairs), defaults)
  t.strictSame(toPolicy(undefined, defaults).policy, defaults)
  t.strictSame(
    read({ enforce: 'baseline', 'enforce-version': 'v1.30' }).policy,
    {
      enforce: { level: 'baseline', version: 30 },
      audit: lenient,
      warn: { level: 'baseline', version: 30 },
    },
    'what is enforced is warned of',
  )
  t.strictSame(read({ enforce: 'baseline', warn: 'privileged' }).policy.warn, lenient, 'unless it is said otherwise')
  t.strictSame(read({ enforce: 'baseline', 'warn-version': 'v1.5' }).policy.warn, { level: 'baseline', version: 5 })
  const bad = read({ enforce: 'strict', warn: 'x', 'audit-version': '1.2', 'enforce-version': 'v1.01' })
  t.strictSame(
    bad.errors.map(e => [e.field, e.reason]),
    ['enforce', 'enforce-version', 'audit-version', 'warn'].map(name => [`metadata.labels[pod-security.kubernetes.io/${name}]`, 'FieldValueInvalid']),
  )
  t.match(bad.policy, { enforce: { level: 'restricted' }, warn: lenient }, 'what forbids fails closed, what tells fails open')
  t.end()
})

await t.test('which changes of a pod are judged', t => {
  const old = pod({ initContainers: [{ name: 'i', image: 'a' }] }, { image: 'a' }) as unknown as Pod
  const change = (spec: object, metadata: object = {}): boolean =>
    isSignificant({ ...old, metadata: { ...old.metadata, ...metadata }, spec: { ...old.spec, ...spec } }, old)
  t.notOk(change({}, { labels: { a: 'b' } }), 'labels')
  t.notOk(change({ activeDeadlineSeconds: 5, tolerations: [] }), 'what makes it no worse')
  t.ok(change({ containers: [{ name: 'c', image: 'b' }] }), 'an image')
  t.ok(change({ initContainers: [{ name: 'i', image: 'b' }] }), 'an init container’s image')
  t.ok(change({ ephemeralContainers: [{ name: 'e', image: 'a' }] }), 'an ephemeral container')
  t.ok(change({}, { annotations: { 'container.seccomp.security.alpha.kubernetes.io/c': 'unconfined' } }), 'a seccomp annotation')
  t.end()
})
