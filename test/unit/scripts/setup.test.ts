import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'

const repository = join(import.meta.dirname, '..', '..', '..')
const sh = (script: string): string =>
  execFileSync('sh', ['-c', `. scripts/setup.sh; ${script}`], { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

await t.test('only packages whose program is missing', async t => {
  t.equal(
    sh('missing_packages sh:dash no-such-program:some-package /bin/sh:dash /no/such/file:other-package libc.so.6:libc6 libnothing.so.9:libnothing9'),
    'some-package\nother-package\nlibnothing9\n',
  )
  t.equal(sh('missing_packages sh:dash'), '')
})

await t.test('nothing missing: nothing said, nothing run', async t => t.equal(sh('ensure_packages sh:dash ls:coreutils'), ''))

await t.test('a failure is one sentence and a status', async t => {
  t.throws(() => sh('fail "this is wrong: mend it so"'), { status: 1, stderr: 'wherry: this is wrong: mend it so\n' } as unknown as Error)
})

await t.test('a stage says how long it took; a bar is for terminals only', async t => {
  t.match(sh('stage_begin; progress 50 half; stage_done "all done"'), /^ +0\.\d s {2}all done\n$/)
  t.equal(sh('seconds 12345'), '12.3\n')
})

await t.test('the scripts are POSIX sh', async t => {
  for (const file of [
    'start',
    'scripts/setup.sh',
    'scripts/test.sh',
    'scripts/test-fresh.sh',
    'cli/supervise/keep.sh',
    'cli/supervise/foreground.sh',
    '.ci/run',
  ]) {
    t.doesNotThrow(() => execFileSync('dash', ['-n', join(repository, file)], { stdio: 'pipe' }), file)
  }
})
