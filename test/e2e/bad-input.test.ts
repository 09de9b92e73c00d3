// What goes wrong is said as kubectl users know it: a 422 with its fields, or a waiting reason with a message. And a real registry.
import t from 'tap'
import { createCluster } from '../harness/cluster.ts'
import { eventually } from '../harness/eventually.ts'
import { createRegistry } from '../harness/registry.ts'

t.setTimeout(240_000)

const pod = (name: string, container: object, more: object = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image: 'wherry.local/hello:1', ...container }], ...more },
  })

await t.test('bad input and an image from a registry', async t => {
  const cluster = await createCluster(t)
  const apply = (manifest: string): Promise<string> => cluster.kubectl(['apply', '-f', '-'], { input: manifest })
  const waiting = (name: string, reasons: RegExp): Promise<{ reason: string; message: string }> =>
    eventually<{ reason: string; message: string }>(async () => {
      const { status } = await cluster.get(`pod ${name}`)
      const state = status.containerStatuses?.[0]?.state ?? {}
      const found = state.waiting ?? state.terminated
      if (!found || !reasons.test(found.reason)) throw new Error(`${name}: ${JSON.stringify(status.containerStatuses?.[0] ?? status.conditions)}`)
      return found
    }, 40_000)

  await t.test('an invalid manifest: every fault with its field, and nothing is made', async t => {
    const failure = await apply(pod('Bad_Name', { imagePullPolicy: 'Sometimes', ports: [{ containerPort: 70000 }] })).then(
      () => '',
      (error: unknown) => (error as Error).message,
    )
    t.match(failure, /The Pod "Bad_Name" is invalid/)
    for (const field of ['metadata.name', 'spec.containers[0].imagePullPolicy', 'spec.containers[0].ports[0].containerPort'])
      t.ok(failure.includes(field), field)
    await t.rejects(
      apply('{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"},"spec":{"containers":[{"name":"a","image":"b","imagee":"c"}]}}'),
      /unknown field "spec.containers\[0\].imagee"/,
    )
    await t.rejects(
      cluster.kubectl(['apply', '-f', '-'], { input: 'apiVersion: v1\nkind: Nonsense\nmetadata: { name: x }\n' }),
      /no matches for kind "Nonsense" in version "v1"/,
    )
    t.equal((await cluster.get<{ items: unknown[] }>('pods')).items.length, 0)
  })

  await t.test('an image that nobody has', async t => {
    await apply(pod('no-image', { image: '127.0.0.1:5000/nobody/has:this' }))
    const { message } = await waiting('no-image', /^(ErrImagePull|ImagePullBackOff)$/)
    t.match(message, /127\.0\.0\.1:5000\/nobody\/has:this/)
    t.match(await cluster.kubectl('get pod no-image'), /(ErrImagePull|ImagePullBackOff)/)
    await eventually(async () => /Failed to pull image|Error: ErrImagePull/.test(await cluster.kubectl('describe pod no-image')))
  })

  await t.test('a command that is not in the image', async t => {
    await apply(pod('no-command', { command: ['/no/such/program'] }))
    const { message } = await waiting('no-command', /^(RunContainerError|CrashLoopBackOff|StartError)$/)
    t.match(message, /no such file or directory|back-off/)
  })

  await t.test('a command that fails goes into CrashLoopBackOff', async t => {
    await apply(pod('failing', { command: ['sh', '-c', 'echo last words; exit 3'] }))
    await waiting('failing', /^CrashLoopBackOff$/)
    const { status } = await cluster.get('pod failing')
    t.equal(status.containerStatuses[0].lastState.terminated.exitCode, 3)
    t.match(await cluster.kubectl('logs failing'), /last words/)
  })

  await t.test('a ConfigMap that is missing, until it is there', async t => {
    await apply(pod('patient', { envFrom: [{ configMapRef: { name: 'later' } }], command: ['sh', '-c', 'echo $WORD; sleep 1000'] }))
    const { message } = await waiting('patient', /^CreateContainerConfigError$/)
    t.match(message, /configmap "later" not found/)
    await cluster.kubectl('create configmap later --from-literal=WORD=patience')
    await cluster.kubectl('wait --for=condition=Ready pod/patient --timeout=60s')
    t.match(await cluster.kubectl('logs patient'), /patience/)
  })

  await t.test('more than the node has: Pending, and why', async () => {
    await apply(pod('huge', { resources: { requests: { cpu: '1000' } } }))
    await eventually(async () => {
      const { status } = await cluster.get('pod huge')
      const condition = status.conditions?.find((c: { type: string }) => c.type === 'PodScheduled')
      if (condition?.reason !== 'Unschedulable' || !/Insufficient cpu/.test(condition.message)) throw new Error(JSON.stringify(condition))
    })
  })

  await t.test('an image is pulled from a registry', async t => {
    const registry = await createRegistry(t, cluster.host)
    const image = await registry.push('team/tool', 'v1', { files: { 'usr/bin/tool': '#!/bin/sh\necho pulled and running\n' } })
    await apply(pod('pulled', { image, command: ['/usr/bin/tool'] }, { restartPolicy: 'Never' }))
    await cluster.kubectl('wait --for=jsonpath={.status.phase}=Succeeded pod/pulled --timeout=60s')
    t.match(await cluster.kubectl('logs pulled'), /pulled and running/)
    const [{ imageID }] = (await cluster.get('pod pulled')).status.containerStatuses
    t.match(imageID, /^127\.0\.0\.1:5000\/team\/tool@sha256:[0-9a-f]{64}$/)
  })

  await t.test('all of it can be deleted', async () => {
    await cluster.kubectl('delete pods --all --timeout=90s')
    await eventually(async () => {
      for (const [what, names] of Object.entries(await cluster.podTraces())) if (names.length > 0) throw new Error(`${what}: ${names.join(', ')}`)
    }, 30_000)
  })
})
