import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { toPaths } from '../../../base/paths.ts'
import { toContainerdConfig } from '../../../cli/containerd/containerd-config.ts'

const config = (root: string, restrictOomScoreAdj = true) =>
  toContainerdConfig({
    paths: toPaths(root),
    sandboxImage: 'wherry.local/pause:1',
    cniBinDirs: ['/usr/lib/cni'],
    runtimes: { runc: '/usr/sbin/runc', crun: '/usr/bin/crun' },
    defaultRuntime: 'crun',
    restrictOomScoreAdj,
  })

await t.test('containerd reads it as it was meant', async t => {
  const directory = mkdtempSync(join(tmpdir(), 'wherry-toml-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'config.toml')
  writeFileSync(file, config('/srv/x "quoted"'))
  const seen = execFileSync('containerd', ['--config', file, 'config', 'dump'], { encoding: 'utf8' })
  for (const line of [
    'root = "/srv/x \\"quoted\\"/lib/containerd"',
    'default_runtime_name = "crun"',
    'sandbox_image = "wherry.local/pause:1"',
    'restrict_oom_score_adj = true',
    'netns_mounts_under_state_dir = true',
    'Root = "/srv/x \\"quoted\\"/run/crun"',
    'BinaryName = "/usr/sbin/runc"',
  ]) {
    t.ok(seen.includes(line), line)
  }
})

await t.test('nothing in it lies outside of the root, but programs', async t => {
  const absolute = [...config('/srv/x').matchAll(/"(\/[^"]*)"/g)].map(match => match[1]!)
  t.ok(absolute.length > 8)
  t.same(absolute.filter(path => !path.startsWith('/srv/x/')).sort(), ['/usr/bin/crun', '/usr/lib/cni', '/usr/sbin/runc'])
})
