import t from 'tap'
import { refuseMirror, refuseSecrets } from '../../../../apiserver/admission/account-references.ts'

const account = (enforce: string | undefined) => ({
  metadata: { name: 'a', ...(enforce !== undefined && { annotations: { 'kubernetes.io/enforce-mountable-secrets': enforce } }) },
  secrets: [{ name: 'known' }],
  imagePullSecrets: [{ name: 'pull' }],
})
const withSecret = (name: string) => ({ spec: { volumes: [{ name: 'v', secret: { secretName: name } }] } })
const withEnv = (name: string) => ({ spec: { containers: [{ name: 'c', env: [{ name: 'E', valueFrom: { secretKeyRef: { name, key: 'k' } } }] }] } })

await t.test('an account may limit the secrets of its pods', t => {
  for (const make of [withSecret, withEnv]) {
    t.equal(refuseSecrets(account(undefined), make('other')), undefined)
    t.equal(refuseSecrets(account('false'), make('other')), undefined)
    t.match(refuseSecrets(account('true'), make('other')), /"other".*service account a does not reference/)
    t.equal(refuseSecrets(account('1'), make('known')), undefined)
  }
  t.match(refuseSecrets(account('true'), { spec: { imagePullSecrets: [{ name: 'known' }] } }), /imagePullSecret "known"/)
  t.equal(refuseSecrets(account('true'), { spec: { imagePullSecrets: [{ name: 'pull' }] } }), undefined)
  t.end()
})

await t.test('a mirror names nothing of the API', t => {
  t.equal(refuseMirror({ spec: { volumes: [{ name: 'h', hostPath: { path: '/' } }] } }), undefined)
  t.match(refuseMirror({ spec: { serviceAccountName: 'default' } }), /service accounts/)
  t.match(refuseMirror(withSecret('s')), /secrets/)
  t.match(refuseMirror(withEnv('s')), /secrets/)
  t.match(refuseMirror({ spec: { volumes: [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }] } }), /ServiceAccountToken/)
  t.end()
})
