// kubectl's sub-commands about the server itself: what there is, who one is, what one may do, and certificates and tokens.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import t from 'tap'
import { createCluster } from '../../harness/cluster.ts'
import { eventually } from '../../harness/eventually.ts'
import { minorVersion, runSteps } from './steps.ts'

t.setTimeout(300_000)

const roleWith = (verbs: readonly string[]): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'pod-watchers' },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs }],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'pod-watchers' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'pod-watchers' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ada' }],
      },
    ],
  })

await t.test('access', async t => {
  const cluster = await createCluster(t)
  const { kubectl } = cluster

  await t.test('what there is', async t => {
    await runSteps(t, cluster, [
      { run: 'version', says: /Server Version: (v1\.36\.|version\.Info\{Major:"1", Minor:"36")/ },
      { run: 'version -o json', says: /"minor": "36"/ },
      { run: 'cluster-info', says: /Kubernetes control plane.* is running at.*https:\/\// },
      { run: 'api-versions', says: /^apps\/v1$[^]*^autoscaling\/v2$[^]*^v1$/m },
      { run: 'api-resources', says: /^deployments +deploy +apps\/v1 +true +Deployment$/m },
      { run: 'api-resources --namespaced=false --verbs=list,watch -o name', says: /^nodes$/m },
      {
        run: 'api-resources --api-group=batch --categories=all -o wide',
        since: 27,
        says: /cronjobs +cj +batch\/v1 +true +CronJob +create,delete,deletecollection,get,list,patch,update,watch +all/,
      },
      { run: 'explain pods', says: /KIND: +Pod\nVERSION: +v1/ },
      { run: 'explain deployment.spec.strategy.rollingUpdate.maxSurge', says: /FIELD: +maxSurge <(IntOrString|string)>/ },
      { run: 'explain hpa --api-version=autoscaling/v1 --recursive', says: /targetCPUUtilizationPercentage/ },
      { run: 'explain pods.spec.nothing', fails: /field "nothing" does not exist/ },
      { run: 'get --raw /readyz?verbose', says: /\[\+\]ping ok[^]*readyz check passed/ },
      { run: 'get componentstatuses', says: /^NAME +STATUS +MESSAGE +ERROR\netcd-0 +Healthy +ok/m },
      { run: 'get --raw /livez/ping', says: /^ok$/ },
      { run: 'get --raw /metrics', says: /^apiserver_request_total\{/m },
      { run: 'get --raw /openapi/v3', says: /"apis\/apps\/v1"/ },
    ])
  })

  await t.test('who one is and what one may do', async t => {
    await runSteps(t, cluster, [
      { run: 'auth whoami', since: 28, says: /Username +kubernetes-admin/ },
      { run: 'auth whoami --as=ada --as-group=team -o json', since: 28, says: /"username": "ada"/ },
      { run: 'auth can-i delete nodes', says: /^yes/ },
      { run: 'auth can-i list pods --as=ada', fails: /^no|status 1/m },
      { run: 'auth can-i --list', says: /\*\.\* +\[\] +\[\] +\[\*\]/ },
      { run: 'auth reconcile -f -', input: roleWith(['get']), says: /clusterrole.*pod-watchers reconciled[^]*clusterrolebinding.*pod-watchers reconciled/ },
      { run: 'auth can-i get pods --as=ada', says: /^yes/ },
      { run: 'auth can-i list pods --as=ada', fails: /no/ },
      { run: 'auth reconcile -f -', input: roleWith(['list']), says: /reconciled/ },
      { run: 'auth can-i list pods --as=ada', says: /^yes/ },
      { run: 'auth can-i get pods --as=ada', says: /^yes/ },
      { run: 'auth can-i --list --as=ada', says: /pods +\[\] +\[\] +\[get list\]|pods +\[\] +\[\] +\[list get\]/ },
      { run: 'get pods --as=ada', says: /^/ },
      { run: 'get secrets --as=ada', fails: /User "ada" cannot list resource "secrets" in API group "" in the namespace "default"/ },
      { run: 'create clusterrole everything --verb=* --resource=* --as=ada', fails: /cannot create resource "clusterroles"/ },
    ])
  })

  await t.test('tokens of service accounts', async t => {
    await kubectl('create serviceaccount robot')
    await kubectl('create rolebinding robot-views --clusterrole=view --serviceaccount=default:robot')
    const token = (await kubectl('create token robot --duration=10m')).trim()
    const as = [
      '--kubeconfig=/dev/null',
      `--server=${await kubectl('config view --minify -o jsonpath={.clusters[0].cluster.server}')}`,
      `--certificate-authority=${cluster.paths.pki}/ca.crt`,
    ]
    const run = (args: string, bearer = token): Promise<string> => kubectl([...as, `--token=${bearer}`, ...args.split(' ')])
    if ((await minorVersion(cluster)) >= 28) t.match(await run('auth whoami'), /Username +system:serviceaccount:default:robot/)
    await eventually(() => run('get pods -n default'))
    await t.rejects(run('get secrets -n default'), { message: /cannot list resource "secrets"/ })
    await t.rejects(run('get pods', `${token.slice(0, -4)}AAAA`), { message: /must be logged in|Unauthorized/ })
    await kubectl('delete serviceaccount robot')
    const refused = (): Promise<boolean> =>
      run('get pods -n default').then(
        () => false,
        (error: unknown) => /must be logged in|Unauthorized/.test(String(error)),
      )
    t.ok(await eventually(refused), 'and ends with its account')
  })

  await t.test('certificates', async t => {
    const request = (name: string, text: string): string =>
      JSON.stringify({
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { name },
        spec: { request: Buffer.from(text).toString('base64'), signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
      })
    const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
    const csr = (await Pkcs10CertificateRequestGenerator.create({ name: 'CN=grace', keys, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } })).toString(
      'pem',
    )
    await runSteps(t, cluster, [
      { run: 'create -f -', input: request('grace', csr), says: /created/ },
      { run: 'create -f -', input: request('broken', 'nothing'), fails: /spec.request: Invalid value/ },
      { run: 'get csr grace', says: /grace +\S+ +kubernetes.io\/kube-apiserver-client +kubernetes-admin +<none> +Pending/ },
      { run: 'certificate approve grace', says: /approved/ },
      { run: 'get csr grace', says: /Approved/ },
      { run: 'create -f -', input: request('other', csr), says: /created/ },
      { run: 'certificate deny other', says: /denied/ },
      { run: 'certificate approve other', fails: /Denied|denied|invalid/i },
    ])
  })
})
