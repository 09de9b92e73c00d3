import t from 'tap'
import { toMountsBelow } from '../../../cli/teardown/mounts.ts'

const mountinfo = `22 1 0:20 / /proc rw - proc proc rw
30 1 0:30 / /srv/x/lib/a rw - tmpfs t rw
31 30 0:31 / /srv/x/lib/a/b\\040c rw - tmpfs t rw
32 1 0:32 / /srv/xy rw - tmpfs t rw
33 1 0:33 / /srv/x/run rw - tmpfs t rw
`

await t.test('what lies below, last mounted first, and no neighbours', async t => {
  t.same(toMountsBelow(mountinfo, ['/srv/x/lib', '/srv/x/run']), ['/srv/x/run', '/srv/x/lib/a/b c', '/srv/x/lib/a'])
  t.same(toMountsBelow(mountinfo, ['/srv']), ['/srv/x/run', '/srv/xy', '/srv/x/lib/a/b c', '/srv/x/lib/a'])
  t.same(toMountsBelow(mountinfo, ['/other']), [])
})
