// A client in a pod (the real kubectl, mounted from the host) finds the API server by itself: by the Service's address in its environment,
// the mounted token and authority. The account's rights are its rights, and the token ends with the pod.
import t from 'tap'
import { createCluster } from '../harness/cluster.ts'
import { eventually } from '../harness/eventually.ts'

t.setTimeout(180_000)
const files = '/var/run/secrets/kubernetes.io/serviceaccount'

await t.test('a pod and its token', async t => {
  const cluster = await createCluster(t)
  const { kubectl, kubectlProgram } = cluster
  await kubectl('create serviceaccount robot')
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'robot' },
    spec: {
      serviceAccountName: 'robot',
      volumes: [{ name: 'kubectl', hostPath: { path: kubectlProgram, type: 'File' } }],
      containers: [
        {
          name: 'robot',
          image: 'wherry.local/hello:1',
          command: ['sh', '-c', 'trap exit TERM; while :; do sleep 1 & wait; done'],
          volumeMounts: [{ name: 'kubectl', mountPath: '/kubectl', readOnly: true }],
        },
      ],
    },
  }
  await kubectl('create -f -', { input: JSON.stringify(pod) })
  await kubectl('wait --for=condition=Ready pod/robot --timeout=60s')
  const inPod = (...argv: string[]): Promise<string> => kubectl(['exec', 'robot', '--', ...argv])
  const asPod = (args: string): Promise<string> => inPod('/kubectl', '--cache-dir=/tmp', ...args.split(' '))

  await t.test('three files are mounted', async t => {
    t.equal(await inPod('cat', `${files}/namespace`), 'default')
    t.match(await inPod('cat', `${files}/ca.crt`), /BEGIN CERTIFICATE/)
    const claims = JSON.parse(Buffer.from((await inPod('cat', `${files}/token`)).split('.')[1]!, 'base64url').toString())
    const { metadata } = await cluster.get('pod robot')
    t.match(claims, { 'sub': 'system:serviceaccount:default:robot', 'kubernetes.io': { pod: { name: 'robot', uid: metadata.uid }, node: { name: 'node-1' } } })
  })

  await t.test('they open the API server, as far as the account may go', async t => {
    t.match(JSON.parse(await asPod('auth whoami -o json')).status.userInfo, {
      username: 'system:serviceaccount:default:robot',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/pod-name': ['robot'], 'authentication.kubernetes.io/node-name': ['node-1'] },
    })
    await t.rejects(asPod('get secrets'), { message: /User "system:serviceaccount:default:robot" cannot list resource "secrets"/ })
  })

  await t.test('they end with the pod', async t => {
    const token = (await inPod('cat', `${files}/token`)).trim()
    const server = await kubectl(['config', 'view', '--minify', '-o', 'jsonpath={.clusters[0].cluster.server}'])
    const whoami = (): Promise<string> =>
      kubectl(['--kubeconfig=/dev/null', `--server=${server}`, '--insecure-skip-tls-verify', `--token=${token}`, 'auth', 'whoami'])
    t.match(await whoami(), /system:serviceaccount:default:robot/)
    await kubectl('delete pod robot --grace-period=1')
    await eventually(() => t.rejects(whoami(), { message: /Unauthorized|logged in/ }))
  })
})
