// kubectl's sub-commands for what runs: pods, rollouts, streams into containers, and nodes that are emptied.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createCluster } from '../../harness/cluster.ts'
import { eventually } from '../../harness/eventually.ts'
import { runSteps } from './steps.ts'

t.setTimeout(300_000)

const image = 'wherry.local/hello:1'
const server = 'mkdir -p /www; echo here > /www/index.html; httpd -f -p 8080 -h /www'

await t.test('workloads', async t => {
  const cluster = await createCluster(t)
  const { kubectl } = cluster
  const scratch = await mkdtemp('/tmp/wt-kubectl-')
  t.teardown(() => rm(scratch, { recursive: true, force: true }))

  await t.test('run, expose, logs, exec, cp, port-forward, attach, debug', async t => {
    await kubectl(['run', 'one', `--image=${image}`, '--port=8080', '--', 'sh', '-c', `echo first; ${server}`])
    await writeFile(join(scratch, 'file'), 'carried over')
    await runSteps(t, cluster, [
      { run: 'wait --for=condition=Ready pod/one --timeout=60s', says: /condition met/ },
      { run: 'expose pod one --name=one', says: /service\/one exposed/ },
      { run: 'logs one', says: /^first\n$/ },
      { run: 'logs -l run=one --prefix', says: /^\[pod\/one\/one\] first\n$/ },
      { run: 'exec one -- cat /www/index.html', says: /^here\n$/ },
      { run: "exec one -- sh -c 'exit 3'", fails: /exit code 3/ },
      { run: `cp ${scratch}/file one:/www/file`, says: /^/ },
      { run: 'exec one -- cat /www/file', says: /^carried over$/ },
      { run: `cp one:/www/file ${scratch}/back`, says: /^/ },
      { run: `run twice --image=${image} --restart=Never --rm -i --quiet -- cat`, input: 'to and fro', says: /^to and fro/ },
      { run: `debug one --image=${image} --target=one --container=helper --quiet -- sleep 1000`, says: /^/ },
      { run: 'get pod one -o jsonpath={.spec.ephemeralContainers[*].targetContainerName}', says: /^one$/ },
      { run: 'describe pod one', says: /Ephemeral Containers:\n +helper:/ },
      { run: 'get events --for pod/one', fails: /unknown flag/ },
      { run: 'events --for pod/one', says: /Normal +Started +Pod\/one/ },
      { run: 'get events --field-selector involvedObject.name=one,reason=Scheduled', says: /Normal +Scheduled +pod\/one/ },
      { run: 'top pod one', fails: /Metrics API not available/ },
    ])
    t.equal(await readFile(join(scratch, 'back'), 'utf8'), 'carried over')
    const forward = cluster.inNode(
      [
        'timeout',
        '20',
        'sh',
        '-c',
        `"$0" --kubeconfig="$1" port-forward pod/one 18080:8080 & sleep 0.2; until busybox wget -qO- http://127.0.0.1:18080/; do sleep 0.2; done; kill $!`,
        cluster.kubectlProgram,
        cluster.paths.adminKubeconfig,
      ],
      { timeoutMs: 30_000 },
    )
    t.match(await forward, /here/, 'port-forward')
    await eventually(async () => {
      if (!/helper/.test(await kubectl('get pod one -o jsonpath={.status.ephemeralContainerStatuses[?(@.state.running)].name}')))
        throw new Error('the helper does not run')
    })
    t.match(await kubectl('exec one -c helper -- ps'), /httpd/, 'the helper sees the processes of its target')
    t.match(await kubectl(['delete', 'pod', 'one', '--grace-period=1']), /deleted/)
  })

  await t.test('deployments: scale, set, rollout', async t => {
    await kubectl(['create', 'deployment', 'web', `--image=${image}`, '--replicas=2', '--port=8080', '--', 'sh', '-c', server])
    await runSteps(t, cluster, [
      { run: 'rollout status deployment/web --timeout=60s', says: /successfully rolled out/ },
      { run: 'expose deployment web --port=80 --target-port=8080', says: /service\/web exposed/ },
      { run: 'scale deployment web --replicas=3 --current-replicas=5', fails: /Expected replicas to be 5, was 2/ },
      { run: 'scale deployment web --replicas=1', says: /scaled/ },
      { run: 'autoscale deployment web --min=1 --max=3 --cpu=50%', since: 34, says: /autoscaled/ },
      { run: 'get hpa web', since: 34, says: /Deployment\/web +cpu: <unknown>\/50% +1 +3/ },
      { run: 'set env deployment/web WORD=wind', says: /env updated/ },
      { run: 'set resources deployment/web --requests=cpu=10m', says: /resource requirements updated/ },
      { run: 'set serviceaccount deployment/web default', says: /serviceaccount updated/ },
      { run: 'set image deployment/web hello=wherry.local/hello:absent', says: /image updated/ },
      { run: "set selector service/web 'app=web,tier=front'", says: /selector updated/ },
      { run: 'rollout status deployment/web --timeout=1s', fails: /timed out/ },
      { run: 'rollout undo deployment/web', says: /rolled back/ },
      { run: 'rollout status deployment/web --timeout=60s', says: /successfully rolled out/ },
      { run: 'rollout history deployment/web', says: /REVISION +CHANGE-CAUSE\n1 / },
      { run: 'rollout history deployment/web --revision=1', says: /Pod Template:/ },
      { run: 'rollout undo deployment/web --to-revision=99', fails: /unable to find specified revision/ },
      { run: 'rollout pause deployment/web', says: /paused/ },
      { run: 'rollout restart deployment/web', fails: /can't restart paused deployment/ },
      { run: 'rollout resume deployment/web', says: /resumed/ },
      { run: 'rollout restart deployment/web', says: /restarted/ },
      { run: 'rollout status deployment/web --timeout=60s', says: /successfully rolled out/ },
      { run: 'get deployment web', says: /web +1\/1 +1 +1/ },
    ])
  })

  await t.test('nodes: cordon, taint, drain', async t => {
    await kubectl(['run', 'alone', `--image=${image}`, '--', 'sleep', '1000'])
    await runSteps(t, cluster, [
      { run: 'wait --for=condition=Ready pod/alone --timeout=60s', says: /condition met/ },
      { run: 'taint node node-1 work=here:NoSchedule', says: /tainted/ },
      { run: 'taint node node-1 work=there:NoSchedule', fails: /already has work taint|--overwrite is false/ },
      { run: 'taint node node-1 work-', says: /untainted/ },
      { run: 'cordon node-1', says: /cordoned/ },
      { run: 'get node node-1', says: /Ready,SchedulingDisabled/ },
      { run: 'drain node-1 --ignore-daemonsets --timeout=60s', fails: /cannot delete Pods that declare no controller|declare no controller/ },
      { run: 'drain node-1 --force --ignore-daemonsets --delete-emptydir-data --grace-period=1 --timeout=60s', says: /node\/node-1 drained/ },
      { run: 'get pods -l app=web', says: /Pending/ },
      { run: 'uncordon node-1', says: /uncordoned/ },
      { run: 'rollout status deployment/web --timeout=60s', says: /successfully rolled out/ },
      { run: 'delete deployment,service,hpa --all --cascade=foreground', says: /deleted/ },
    ])
  })
})
