import t from 'tap'
import { toCgroupParent, toCgroupPath } from '../../../../agent/pod-config/cgroup-parent.ts'
import { parseResolvConf, toDnsConfig } from '../../../../agent/pod-config/dns.ts'
import { toEnv, type EnvSources } from '../../../../agent/pod-config/env.ts'
import { expand } from '../../../../agent/pod-config/expand.ts'
import { toHostsFile } from '../../../../agent/pod-config/hosts-file.ts'
import { toLinuxResources } from '../../../../agent/pod-config/resources.ts'
import { toContainerSecurity } from '../../../../agent/pod-config/security.ts'
import { toServiceEnv } from '../../../../agent/pod-config/service-env.ts'
import type { Container, Service } from '../../../../api/types/core-v1.ts'
import { main, podOf } from '../scenes.ts'

const facts = { podIps: ['10.0.0.2'], hostIps: ['192.0.2.1'], nodeAllocatable: { cpu: '4', memory: '8Gi' } }

await t.test('expand', async t => {
  const values: Record<string, string> = { A: '1', B: '$(A)' }
  const of = (text: string): string => expand(text, name => values[name])
  t.equal(of('$(A)-$(B)-$(C)-$$(A)-$$$(A)-$A-$(A'), '1-$(A)-$(C)-$(A)-$1-$A-$(A')
  t.equal(of('trailing $'), 'trailing $')
})

await t.test('env: order, expansion, missing sources', async t => {
  const sources: EnvSources = {
    configMaps: new Map([
      ['c', { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data: { K: 'v', A: 'from' } }],
      ['none', null],
    ]),
    secrets: new Map([['s', { apiVersion: 'v1', kind: 'Secret', metadata: {}, data: { P: Buffer.from('pw').toString('base64') } }]]),
    services: new Map([
      ['KUBERNETES_SERVICE_HOST', '10.43.0.1'],
      ['A', 'service'],
    ]),
  }
  const c: Container = {
    ...main,
    envFrom: [{ configMapRef: { name: 'c' } }, { prefix: 'S_', secretRef: { name: 's' } }, { configMapRef: { name: 'none', optional: true } }],
    env: [
      { name: 'X', value: '$(K) $(S_P) $(KUBERNETES_SERVICE_HOST) $(Y)' },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      { name: 'GONE', valueFrom: { configMapKeyRef: { name: 'none', key: 'k', optional: true } } },
    ],
  }
  t.same(
    [...toEnv(podOf(), c, sources, facts)],
    [
      ['K', 'v'],
      ['A', 'from'],
      ['S_P', 'pw'],
      ['X', 'v pw 10.43.0.1 $(Y)'],
      ['IP', '10.0.0.2'],
      ['CPU', '4'],
      ['KUBERNETES_SERVICE_HOST', '10.43.0.1'],
    ],
  )
  const fail = (env: Container['env'], envFrom: Container['envFrom'] = []): void => {
    toEnv(podOf(), { ...main, env, envFrom }, sources, facts)
  }
  t.throws(() => fail([{ name: 'X', valueFrom: { configMapKeyRef: { name: 'none', key: 'k' } } }]), { message: 'configmap "none" not found' })
  t.throws(() => fail([{ name: 'X', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }]), { message: "couldn't find key k in Secret default/s" })
  t.throws(() => fail([], [{ secretRef: { name: 'x' } }]), { message: 'secret "x" not found' })
})

await t.test('Service variables', async t => {
  const service = (name: string, namespace: string, clusterIP: string): Service => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { clusterIP, ports: [{ name: 'http-web', port: 80 }] },
  })
  const env = toServiceEnv([service('my-db', 'a', '10.43.0.9'), service('kubernetes', 'default', '10.43.0.1'), service('headless', 'a', 'None')], 'a', true)
  t.match(Object.fromEntries(env), {
    MY_DB_SERVICE_HOST: '10.43.0.9',
    MY_DB_SERVICE_PORT: '80',
    MY_DB_SERVICE_PORT_HTTP_WEB: '80',
    MY_DB_PORT: 'tcp://10.43.0.9:80',
    MY_DB_PORT_80_TCP_ADDR: '10.43.0.9',
    KUBERNETES_SERVICE_HOST: '10.43.0.1',
  })
  t.notOk(env.has('HEADLESS_SERVICE_HOST'))
  t.notOk(toServiceEnv([service('my-db', 'a', '10.43.0.9')], 'a', false).size)
})

await t.test('resources', async t => {
  const of = (resources: Container['resources'], pod = podOf({ containers: [{ ...main, resources: resources! }] })) =>
    toLinuxResources(pod, pod.spec.containers[0]!, { memoryCapacity: 8 * 2 ** 30, cgroupV2: false })
  t.match(of({}), { cpuShares: 2, oomScoreAdj: 1000, cpuQuota: undefined, memoryLimitInBytes: undefined })
  t.match(of({ requests: { cpu: '250m', memory: '1Gi' }, limits: { cpu: '1500m', memory: '2Gi' } }), {
    cpuShares: 256,
    cpuQuota: 150_000,
    cpuPeriod: 100_000,
    memoryLimitInBytes: 2 ** 31,
    oomScoreAdj: 875,
  })
  t.match(of({ requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } }), { oomScoreAdj: -997 })
})

await t.test('cgroup parents in both spellings', async t => {
  const pod = podOf()
  pod.metadata.uid = 'a-b'
  t.equal(toCgroupParent(pod, { driver: 'cgroupfs', root: '/' }), '/kubepods/besteffort/poda-b')
  t.equal(toCgroupParent(pod, { driver: 'cgroupfs', root: '/x' }), '/x/kubepods/besteffort/poda-b')
  t.equal(toCgroupParent(pod, { driver: 'systemd', root: '/' }), 'kubepods-besteffort-poda_b.slice')
  t.equal(toCgroupPath(pod, { driver: 'systemd', root: '/' }), '/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-poda_b.slice')
})

await t.test('DNS policies', async t => {
  const dns = {
    clusterDns: '10.43.0.10',
    clusterDomain: 'cluster.local',
    host: parseResolvConf('nameserver 1.1.1.1\nsearch example.com\noptions timeout:1 ndots:2\n'),
  }
  t.same(toDnsConfig(podOf(), dns), {
    servers: ['10.43.0.10'],
    searches: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'example.com'],
    options: ['ndots:5'],
  })
  t.same(toDnsConfig(podOf({ hostNetwork: true }), dns), dns.host)
  t.same(toDnsConfig(podOf({ dnsPolicy: 'None', dnsConfig: { nameservers: ['9.9.9.9'], options: [{ name: 'ndots', value: '1' }] } }), dns), {
    servers: ['9.9.9.9'],
    searches: [],
    options: ['ndots:1'],
  })
  t.same(toDnsConfig(podOf({ dnsConfig: { options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }] } }), dns).options, ['ndots:2', 'edns0'])
})

await t.test('hosts file and security', async t => {
  t.match(
    toHostsFile(podOf({ subdomain: 'web', hostAliases: [{ ip: '1.2.3.4', hostnames: ['a', 'b'] }] }), ['10.0.0.2'], 'cluster.local'),
    /10\.0\.0\.2\tp\.web\.default\.svc\.cluster\.local\tp\n\n# Entries added by HostAliases\.\n1\.2\.3\.4\ta\tb\n$/,
  )
  const of = (own: Container['securityContext'], uid: number | undefined, username?: string) =>
    toContainerSecurity(podOf(), { ...main, securityContext: own! }, { ...(uid !== undefined && { uid }), ...(username && { username }) }, '/seccomp')
  t.match(of({ runAsGroup: 5, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }, 7), {
    runAsUser: { value: 7 },
    runAsGroup: { value: 5 },
    noNewPrivs: true,
    capabilities: { dropCapabilities: ['ALL'] },
    seccomp: { profileType: 'Unconfined' },
  })
  t.ok(of({}, 0).maskedPaths?.includes('/proc/kcore'))
  t.throws(() => of({ runAsNonRoot: true }, 0), { message: 'container has runAsNonRoot and image will run as root (pod: "p_default(u1)", container: main)' })
  t.throws(() => of({ runAsNonRoot: true }, undefined, 'web'), { message: /non-numeric user \(web\)/ })
  t.throws(() => of({ runAsNonRoot: true, runAsUser: 0 }, 5), { message: /breaks non-root policy/ })
  t.ok(of({ runAsNonRoot: true, runAsUser: 5 }, 0))
})
