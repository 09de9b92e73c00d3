import { execFileSync } from 'node:child_process'
import t from 'tap'

await t.test('api/types is what the schema table says', async t => {
  const script = new URL('../../../../scripts/schema/generate-types.ts', import.meta.url).pathname
  t.doesNotThrow(() => execFileSync(process.execPath, [script, '--check']))
})
