// Custom resources as the real kubectl uses them: definitions made and waited for, explained, listed with their columns, applied by either
// side, scaled, patched, waited on and deleted.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { startServer } from './start-server.ts'

const kubectl = join(process.cwd(), 'node_modules', '.cache', 'kubectl-1.35', 'kubectl')

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'berths.harbour.example.com' },
  spec: {
    group: 'harbour.example.com',
    scope: 'Namespaced',
    names: { plural: 'berths', kind: 'Berth', shortNames: ['bt'], categories: ['harbour'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: 'A place for one boat.',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  length: { type: 'integer', description: 'In metres.', minimum: 1 },
                  replicas: { type: 'integer', default: 1 },
                  lines: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, metres: { type: 'integer' } } },
                  },
                },
                'x-kubernetes-validations': [{ rule: '!has(self.length) || self.length < 100', message: 'no berth is that long' }],
              },
              status: { type: 'object', properties: { replicas: { type: 'integer' }, phase: { type: 'string' } } },
            },
          },
        },
        subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
        additionalPrinterColumns: [{ name: 'Length', type: 'integer', jsonPath: '.spec.length' }],
      },
    ],
  },
}
const berth = (spec: object): object => ({ apiVersion: 'harbour.example.com/v1', kind: 'Berth', metadata: { name: 'east' }, spec })

await t.test('kubectl', { skip: existsSync(kubectl) ? false : 'kubectl is not unpacked here', timeout: 240_000 }, async t => {
  const server = await startServer()
  const cache = await mkdtemp('/tmp/wt-kubectl-')
  t.teardown(async () => {
    await server.close()
    await rm(cache, { recursive: true, force: true })
  })
  const { pki, url } = server
  const access = [
    '--server',
    url,
    '--certificate-authority',
    pki.ca.cert,
    '--client-certificate',
    pki.admin.cert,
    '--client-key',
    pki.admin.key,
    '--cache-dir',
    cache,
  ]
  const run = async (args: string, input?: object): Promise<string> => {
    const child = promisify(execFile)(kubectl, [...access, ...args.split(' ')], { env: { HOME: cache }, timeout: 60_000 })
    child.child.stdin?.end(input ? JSON.stringify(input) : '')
    const { stdout, stderr } = await child.catch((error: unknown) => error as { stdout: string; stderr: string })
    return stdout + stderr
  }

  t.match(await run('create -f -', definition), /berths.harbour.example.com created/)
  t.match(await run('wait --for condition=Established crd/berths.harbour.example.com --timeout=20s'), /condition met/)
  t.match(await run('api-resources --categories=harbour'), /berths +bt +harbour.example.com\/v1 +true +Berth/)
  t.match(await run('explain berth'), /A place for one boat/)
  t.match(await run('explain berth.spec.length'), /length <integer>[^]*In metres/)

  t.match(await run('apply -f -', berth({ length: 12, lines: [{ name: 'bow', metres: 5 }] })), /berth.harbour.example.com\/east created/)
  t.match(await run('apply -f -', berth({ length: 13, lines: [{ name: 'bow', metres: 5 }] })), /east configured/)
  t.match(await run('get bt'), /NAME +LENGTH\neast +13/)
  t.match(await run('get harbour -o name'), /berth.harbour.example.com\/east/)
  t.match(await run('apply -f -', berth({ length: 100 })), /no berth is that long/)
  t.match(await run('apply -f -', berth({ length: 0 })), /spec.length: Invalid value: 0/)
  t.match(await run('create -f - --validate=strict', { ...berth({ depth: 1 }), metadata: { name: 'west' } }), /unknown field "spec.depth"/)

  t.match(await run('apply --server-side --field-manager=stern -f -', berth({ lines: [{ name: 'stern', metres: 7 }] })), /serverside-applied/)
  t.match(await run('apply --server-side --field-manager=bow -f -', berth({ lines: [{ name: 'bow', metres: 7 }] })), /serverside-applied/)
  t.match(await run('get berth east -o jsonpath={.spec.lines[*].name}'), /stern bow/, 'each manager has its own lines')
  t.match(await run('apply --server-side --field-manager=other -f -', berth({ lines: [{ name: 'stern', metres: 8 }] })), /conflict with "stern"/)

  t.match(await run('scale berth east --replicas=3'), /scaled/)
  t.match(await run('get berth east -o jsonpath={.spec.replicas}'), /^3/)
  t.match(await run('patch berth east --subresource=status --type=merge -p {"status":{"phase":"Ready"}}'), /patched/)
  t.match(await run('wait --for=jsonpath={.status.phase}=Ready berth/east --timeout=20s'), /condition met/)
  t.match(await run('patch berth east --type=strategic -p {"spec":{"length":1}}'), /415|not supported|unknown format/i)
  t.match(await run('label berth east side=lee'), /labeled/)
  t.match(await run('describe berth east'), /Labels: +side=lee/)

  t.match(await run('delete crd berths.harbour.example.com --timeout=30s'), /deleted/)
  t.match(await run('get berths'), /the server (doesn't have a resource type|could not find)/)
})
