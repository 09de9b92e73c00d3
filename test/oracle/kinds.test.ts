// The recorded creates and updates against the records, in process. The floors only ever rise: raise them with every rule added, and
// never lower one to make a change pass.
import t from 'tap'
import type { KubeObject } from '../../api/object.ts'
import { compare, create, hasOracle, loadCases, runUpdateCase } from './kinds-pipeline.ts'

const floors = { create: 0.9996, update: 1 }

interface Tally {
  total: number
  agreeing: number
}

const judge = (name: 'create' | 'update'): Map<string, Tally> => {
  const areas = new Map<string, Tally>()
  const stored = new Map<string, KubeObject>()
  const note = (area: string, differences: string[]): void => {
    const tally = areas.get(area) ?? { total: 0, agreeing: 0 }
    tally.total++
    if (differences.length === 0) tally.agreeing++
    areas.set(area, tally)
  }
  for (const kase of loadCases(name)) {
    if (kase.area === 'table') continue
    if (name === 'create') {
      const answer = create(kase.steps[0]!)
      if (answer) note(kase.area, compare(answer, kase.steps[0]!))
    } else for (const differences of runUpdateCase(kase, stored)) note(kase.area, differences)
  }
  return areas
}

for (const name of ['create', 'update'] as const) {
  await t.test(`recorded ${name}s agree in fact`, { skip: hasOracle ? false : 'the oracle folder is absent' }, async t => {
    const areas = judge(name)
    let [total, agreeing] = [0, 0]
    for (const [area, tally] of [...areas].sort(([a], [b]) => (a < b ? -1 : 1))) {
      total += tally.total
      agreeing += tally.agreeing
      if (tally.agreeing < tally.total) t.comment(`${area}: ${tally.agreeing} of ${tally.total}`)
    }
    const share = agreeing / total
    t.comment(`${name}: ${agreeing} of ${total}, ${(100 * share).toFixed(2)} %`)
    t.ok(total > 3000, 'the cases were found')
    t.ok(share >= floors[name], `at least ${(100 * floors[name]).toFixed(1)} % agree, ${(100 * share).toFixed(2)} % do`)
  })
}
