// kubectl's sub-commands that make, show, change and delete objects, one after the other against a real cluster.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createCluster } from '../../harness/cluster.ts'
import { runSteps } from './steps.ts'

t.setTimeout(300_000)

const configMap = (name: string, data: Record<string, string>): string => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })

await t.test('objects', async t => {
  const cluster = await createCluster(t)
  const { kubectl } = cluster
  const scratch = await mkdtemp('/tmp/wt-kubectl-')
  t.teardown(() => rm(scratch, { recursive: true, force: true }))
  await kubectl('create namespace work')
  await kubectl('config set-context --current --namespace=work')

  await t.test('create', async t => {
    const key = `${cluster.paths.pki}/admin`
    await runSteps(t, cluster, [
      { run: 'create configmap settings --from-literal=colour=blue', says: /configmap\/settings created/ },
      { run: 'create configmap settings --from-literal=colour=red', fails: /"settings" already exists/ },
      { run: 'create secret generic words --from-literal=password=wind', says: /secret\/words created/ },
      { run: 'create secret docker-registry registry --docker-server=r.test --docker-username=u --docker-password=p', says: /secret\/registry created/ },
      { run: `create secret tls pair --cert=${key}.crt --key=${key}.key`, says: /secret\/pair created/ },
      { run: 'create serviceaccount builder', says: /serviceaccount\/builder created/ },
      { run: 'create role reader --verb=get,list --resource=pods,deployments.apps', says: /role.rbac.authorization.k8s.io\/reader created/ },
      { run: 'create rolebinding readers --role=reader --serviceaccount=work:builder', says: /rolebinding.*\/readers created/ },
      { run: 'create clusterrole node-reader --verb=get --resource=nodes', says: /clusterrole.*\/node-reader created/ },
      { run: 'create clusterrolebinding node-readers --clusterrole=node-reader --group=team', says: /clusterrolebinding.*\/node-readers created/ },
      { run: 'create quota limits --hard=pods=10,configmaps=20', says: /resourcequota\/limits created/ },
      { run: 'create poddisruptionbudget budget --selector=app=web --min-available=1', says: /poddisruptionbudget.policy\/budget created/ },
      { run: 'create priorityclass high --value=1000 --description=first', says: /priorityclass.*\/high created/ },
      { run: "create deployment web --image=wherry.local/hello:1 -- sh -c 'sleep 1000'", says: /deployment.apps\/web created/ },
      { run: 'create service clusterip web --tcp=80:8080', says: /service\/web created/ },
      { run: 'create service nodeport outside --tcp=80:8080 --node-port=31234', says: /service\/outside created/ },
      { run: 'create service nodeport twice --tcp=80:8080 --node-port=31234', fails: /provided port is already allocated/ },
      { run: 'create service loadbalancer balanced --tcp=80', says: /service\/balanced created/ },
      { run: 'create service externalname elsewhere --external-name=example.test', says: /service\/elsewhere created/ },
      { run: 'create ingress front --rule=a.test/path=web:80', says: /ingress.networking.k8s.io\/front created/ },
      { run: 'create job once --image=wherry.local/hello:1 -- true', says: /job.batch\/once created/ },
      { run: "create cronjob often --image=wherry.local/hello:1 --schedule='*/5 * * * *' -- true", says: /cronjob.batch\/often created/ },
      { run: 'create job from-cron --from=cronjob/often', says: /job.batch\/from-cron created/ },
      { run: "create cronjob wrong --image=x --schedule='61 * * * *'", fails: /spec.schedule: Invalid value/ },
      { run: 'create -f -', input: configMap('from-input', { a: '1' }), says: /configmap\/from-input created/ },
      { run: 'create --dry-run=server -f -', input: configMap('only-tried', {}), says: /created \(server dry run\)/ },
      { run: 'get configmap only-tried', fails: /NotFound/ },
      { run: 'create -f -', input: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"daat":{}}', fails: /unknown field "daat"/ },
      { run: 'create -f -', input: '{"apiVersion":"example.test/v1","kind":"Nothing","metadata":{"name":"x"}}', fails: /no matches for kind "Nothing"/ },
    ])
  })

  await t.test('get in every form', async t => {
    await runSteps(t, cluster, [
      { run: 'get configmaps', says: /^NAME +DATA +AGE\n/ },
      { run: 'get all', says: /service\/web .*ClusterIP/ },
      { run: 'get cm,secrets,sa', says: /configmap\/settings +1 .*\n[^]*secret\/pair +kubernetes.io\/tls +2/ },
      { run: 'get cm settings -o json', says: /"colour": "blue"/ },
      { run: 'get cm settings -o yaml', says: /^apiVersion: v1\ndata:\n {2}colour: blue\nkind: ConfigMap/ },
      { run: 'get cm settings -o name', says: /^configmap\/settings\n$/ },
      { run: 'get deployment web -o wide', says: /CONTAINERS +IMAGES +SELECTOR\nweb .*wherry.local\/hello:1 +app=web/ },
      { run: 'get cm settings -o jsonpath={.data.colour}', says: /^blue$/ },
      { run: 'get cm settings -o go-template={{.data.colour}}', says: /^blue$/ },
      { run: 'get cm -o custom-columns=NAME:.metadata.name,COLOUR:.data.colour', says: /settings +blue/ },
      { run: 'get cm --show-labels --sort-by=.metadata.name', says: /LABELS/ },
      { run: 'get deployments -l app=web -o name', says: /^deployment.apps\/web\n$/ },
      { run: "get deployments -l 'app notin (web)'", says: /^$/ },
      { run: 'get secrets --field-selector type=kubernetes.io/tls -o name', says: /^secret\/pair\n$/ },
      { run: 'get cm -A --no-headers', says: /^\S+ +kube-root-ca.crt/m },
      { run: 'get cm settings --output-watch-events --watch-only --request-timeout=1s', says: /^/ },
      { run: 'get --raw /api/v1/namespaces/work/configmaps/settings', says: /"colour":"blue"/ },
      { run: 'get cm -o json --chunk-size=1', says: /"kind": "List"/ },
      { run: 'get ingress,hpa,cronjob,job,pdb,quota,priorityclass,role,rolebinding,endpointslices', says: /cronjob.batch\/often +\*\/5/ },
      { run: 'get nothings', fails: /the server doesn't have a resource type "nothings"/ },
    ])
  })

  await t.test('describe', async t => {
    await runSteps(t, cluster, [
      { run: 'describe configmap settings', says: /colour:\n----\nblue/ },
      { run: 'describe deployment web', says: /Replicas: +1 desired/ },
      { run: 'describe service outside', says: /NodePort: +80-8080 +31234\/TCP|NodePort: +\S+ +31234\/TCP/ },
      { run: 'describe node node-1', says: /Allocated resources:/ },
      { run: 'describe namespace work', says: /Resource Quotas\n +Name: +limits/ },
      { run: 'describe ingress front', says: /a.test +\n +\/path +web:80/ },
      { run: 'describe cronjob often', says: /Schedule: +\*\/5 \* \* \* \*/ },
      { run: 'describe role reader', says: /deployments.apps +\[\] +\[\] +\[get list\]/ },
      { run: 'describe secret words', says: /password: +4 bytes/ },
    ])
  })

  await t.test('apply, diff and server-side apply', async t => {
    const v1 = configMap('applied', { a: '1', b: '1' })
    const v2 = configMap('applied', { a: '2' })
    const mine = configMap('shared', { a: 'mine' })
    const theirs = configMap('shared', { a: 'theirs' })
    await runSteps(t, cluster, [
      { run: 'apply -f -', input: v1, says: /configmap\/applied created/ },
      { run: 'apply -f -', input: v1, says: /unchanged/ },
      { run: 'diff -f -', input: v2, fails: /-\s+a: "1"\n-\s+b: "1"\n\+\s+a: "2"/ },
      { run: 'apply -f -', input: v2, says: /configured/ },
      { run: 'diff -f -', input: v2, says: /^$/ },
      { run: 'get cm applied -o jsonpath={.data}', says: /^{"a":"2"}$/ },
      { run: 'apply view-last-applied configmap applied', says: /a: "2"/ },
      { run: 'apply set-last-applied --create-annotation -f -', input: v1, says: /configured/ },
      { run: 'apply --server-side --field-manager=me -f -', input: mine, says: /serverside-applied/ },
      { run: 'apply --server-side --field-manager=you -f -', input: theirs, fails: /conflict with "me": .data.a/ },
      { run: 'apply --server-side --field-manager=you --force-conflicts -f -', input: theirs, says: /serverside-applied/ },
      { run: 'get cm shared -o jsonpath={.data.a}', says: /^theirs$/ },
      { run: 'apply --server-side --field-manager=me -f -', input: configMap('applied', { a: '3' }), fails: /conflict with "kubectl-client-side-apply"/ },
      { run: 'apply --server-side -f -', input: v2, says: /serverside-applied/ },
      { run: 'apply --prune -l app=none -f -', input: v1, fails: /no objects passed to apply/ },
    ])
  })

  await t.test('patch, replace, edit, label, annotate', async t => {
    const editor = join(scratch, 'editor.sh')
    await writeFile(editor, '#!/bin/sh\nsed -i s/blue/green/ "$1"\n', { mode: 0o755 })
    await runSteps(t, cluster, [
      { run: `patch cm settings --type=json -p '[{"op":"add","path":"/data/size","value":"2"}]'`, says: /patched/ },
      {
        run: `patch cm settings --type=json -p '[{"op":"test","path":"/data/size","value":"3"}]'`,
        fails: /test of \/data\/size failed|The request is invalid/,
      },
      { run: `patch cm settings --type=merge -p '{"data":{"size":null}}'`, says: /patched/ },
      { run: `patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"hello","env":[{"name":"A","value":"1"}]}]}}}}'`, says: /patched/ },
      { run: 'get deployment web -o jsonpath={.spec.template.spec.containers[*].env}', says: /^\[{"name":"A","value":"1"}]$/ },
      { run: `patch deployment web --subresource=scale --type=merge -p '{"spec":{"replicas":2}}'`, says: /scale.autoscaling\/web patched/ },
      {
        run: `patch cm settings --type=merge -p '{"metadata":{"name":"other"}}'`,
        fails: /the name of the object .* does not match the name on the URL|BadRequest/,
      },
      { run: 'edit cm settings', editor, says: /edited/ },
      { run: 'get cm settings -o jsonpath={.data}', says: /^{"colour":"green"}$/ },
      { run: 'replace -f -', input: configMap('settings', { colour: 'red' }), says: /replaced/ },
      { run: 'replace --force -f -', input: configMap('settings', { colour: 'black' }), says: /replaced/ },
      { run: 'replace -f -', input: configMap('nowhere', {}), fails: /NotFound/ },
      { run: 'label cm settings team=a', says: /labeled/ },
      { run: 'label cm settings team=b', fails: /already has a value/ },
      { run: 'label cm settings team=b --overwrite', says: /labeled/ },
      { run: 'label cm --all all=yes', says: /settings labeled/ },
      { run: 'label cm settings team-', says: /unlabeled/ },
      { run: "label cm settings 'not valid=x'", fails: /invalid|Invalid/ },
      { run: 'annotate cm settings note=written', says: /annotated/ },
      { run: 'annotate cm settings note-', says: /annotated/ },
    ])
  })

  await t.test('kustomize', async t => {
    const folder = join(scratch, 'kustomize')
    await mkdir(folder)
    await writeFile(join(folder, 'kustomization.yaml'), 'namePrefix: pre-\nresources: [cm.json]\nconfigMapGenerator:\n- name: made\n  literals: [a=b]\n')
    await writeFile(join(folder, 'cm.json'), configMap('fixed', { a: '1' }))
    await runSteps(t, cluster, [
      { run: `kustomize ${folder}`, says: /name: pre-fixed/ },
      { run: `apply -k ${folder}`, says: /configmap\/pre-fixed created/ },
      { run: `get -k ${folder}`, says: /pre-made-/ },
      { run: `delete -k ${folder}`, says: /"pre-fixed" deleted/ },
    ])
  })

  await t.test('wait and delete', async t => {
    await runSteps(t, cluster, [
      { run: 'wait --for=jsonpath={.data.colour}=black cm/settings --timeout=5s', says: /condition met/ },
      { run: 'wait --for=condition=Available deployment/web --timeout=60s', says: /condition met/ },
      { run: 'wait --for=create cm/settings --timeout=5s', since: 31, says: /condition met/ },
      { run: 'wait --for=delete cm/absent --timeout=5s', says: /^/ },
      { run: 'wait --for=condition=Never deployment/web --timeout=1s', fails: /timed out/ },
      { run: 'delete cm settings --dry-run=server', says: /deleted.* \(server dry run\)/ },
      { run: 'delete cm settings', says: /"settings" deleted/ },
      { run: 'delete cm settings', fails: /NotFound/ },
      { run: 'delete cm settings --ignore-not-found', says: /^$/ },
      { run: 'delete cm -l all=yes', says: /deleted/ },
      { run: 'delete deployment web --cascade=orphan', says: /deleted/ },
      { run: 'get rs -l app=web -o name', says: /replicaset.apps\/web-/ },
      { run: 'delete rs -l app=web --cascade=foreground', says: /deleted/ },
      { run: 'get pods -l app=web', says: /^$/ },
      { run: 'delete cm --all', says: /deleted/ },
      { run: 'delete --raw /api/v1/namespaces/work/secrets/words', says: /Success/ },
      { run: 'delete namespace work --timeout=60s', says: /"work" deleted/ },
      { run: 'get namespace work', fails: /NotFound/ },
    ])
    t.notMatch(await readFile(join(cluster.paths.lib, 'log', 'server.log'), 'utf8'), /a request failed/, 'no request failed in the server')
  })
})
