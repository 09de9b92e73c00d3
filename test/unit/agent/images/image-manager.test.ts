import t from 'tap'
import { ImageManager } from '../../../../agent/images/image-manager.ts'
import type { Cri } from '../../../../agent/cri/client.ts'
import { createLogger } from '../../../../base/log.ts'
import type { Pod } from '../../../../api/types/core-v1.ts'
import { createFakeClock } from '../../client/fake-clock.ts'

const digest = 'registry.test/tool@sha256:01'
const image = { id: 'sha256:02', repoTags: ['registry.test/tool:1'], repoDigests: [digest], size: '1', uid: null, username: 'worker', pinned: false }

await t.test('what a pull found stays with the container, though the event of that very pull makes the image be looked up again', async t => {
  let pulled = false
  const images = { status: () => Promise.resolve(pulled ? image : undefined), pull: () => Promise.resolve(((pulled = true), image.id)) }
  const present = Promise.withResolvers<undefined>()
  const manager: ImageManager = new ImageManager({
    cri: { images } as unknown as Cri,
    clock: createFakeClock(),
    log: createLogger('silent'),
    recorder: { event: () => undefined },
    changed: uid => {
      if (manager.states(uid)['main']?.state === 'present') present.resolve(undefined)
    },
    progressMs: 10_000,
    pullSecrets: () => Promise.resolve([]),
  })
  const container = { name: 'main', image: 'registry.test/tool:1' }
  manager.ensure({ apiVersion: 'v1', kind: 'Pod', metadata: { uid: 'u' }, spec: { containers: [container] } } as Pod, container, 0)
  await present.promise
  manager.forgetImage('registry.test/tool:1')
  t.match(manager.info('u', 'main'), { shownId: digest, user: { username: 'worker' } })
  manager.forgetPod('u')
  t.equal(manager.info('u', 'main'), undefined)
})
