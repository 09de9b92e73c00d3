// What a Job's spec and the changes of its status may be.
import t from 'tap'
import { cronJobs } from '../../../../../api/kinds/batch/cron-job.ts'
import { jobs } from '../../../../../api/kinds/batch/job.ts'
import { faultsOfChange, faultsOfNew } from '../judge.ts'

const template = { spec: { containers: [{ name: 'c', image: 'app:1' }], restartPolicy: 'Never' } }
const labels = { 'controller-uid': 'u', 'job-name': 'x', 'batch.kubernetes.io/controller-uid': 'u', 'batch.kubernetes.io/job-name': 'x' }

await t.test('specs', async t => {
  const indexed = { completionMode: 'Indexed', completions: 4, backoffLimitPerIndex: 1 }
  const many = { ...indexed, completions: 100_001 }
  const exit = (values: number[]): object => ({ podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values } }] } })
  const cases: readonly [object, string[]][] = [
    [{}, []],
    [indexed, []],
    [{ completionMode: 'Other', backoffLimitPerIndex: 1, successPolicy: { rules: [] } }, ['spec.completionMode NotSupported', 'spec.successPolicy Invalid']],
    [{ backoffLimitPerIndex: 1, maxFailedIndexes: 1 }, ['spec.backoffLimitPerIndex Invalid', 'spec.maxFailedIndexes Invalid']],
    [many, ['spec.maxFailedIndexes Required']],
    [{ ...many, maxFailedIndexes: 10_001, parallelism: 10_001 }, ['spec.maxFailedIndexes Invalid', 'spec.parallelism Invalid']],
    [exit([3, 2, 1]), ['spec.podFailurePolicy.rules[0].onExitCodes.values Invalid']],
    [exit([0, 1]), ['spec.podFailurePolicy.rules[0].onExitCodes.values[0] Invalid']],
    [{ ...indexed, successPolicy: { rules: [{ succeededIndexes: '0-2', succeededCount: 4 }] } }, ['spec.successPolicy.rules[0].succeededCount Invalid']],
    [{ ...indexed, successPolicy: { rules: [{ succeededIndexes: '2,1' }] } }, ['spec.successPolicy.rules[0].succeededIndexes Invalid']],
    [{ managedBy: 'me' }, ['spec.managedBy Invalid']],
  ]
  for (const [spec, expected] of cases) t.same(faultsOfNew(jobs, { spec: { template, ...spec } }), expected, JSON.stringify(spec))
  const long = { metadata: { name: 'a'.repeat(60) }, spec: { ...indexed, completions: 4000, template } }
  t.same(faultsOfNew(jobs, long), ['metadata.name Invalid'], "the last pod's hostname would be too long")
})

await t.test('changes of the status', async t => {
  const is = (...types: string[]): object[] => types.map(type => ({ type, status: 'True' }))
  const began = { startTime: '2026-01-01T00:00:00Z' }
  const ended = { ...began, completionTime: '2026-01-01T00:01:00Z' }
  const complete = { ...ended, conditions: is('SuccessCriteriaMet', 'Complete') }
  const failed = { ...began, conditions: is('FailureTarget', 'Failed') }
  const cases: readonly [string, object, object, string[], object?][] = [
    ['a job completes', began, complete, []],
    ['a job fails', began, failed, []],
    ['counts are not negative', {}, { active: -1, terminating: -1 }, ['status.active Invalid', 'status.terminating Invalid']],
    ['Failed without FailureTarget', began, { ...began, conditions: is('Failed') }, ['status.conditions Invalid']],
    ['Complete without SuccessCriteriaMet', began, { ...ended, conditions: is('Complete') }, ['status.conditions Invalid']],
    ['no end without a beginning', {}, { conditions: is('FailureTarget', 'Failed') }, ['status.startTime Required']],
    ['a suspended job of nothing never began', {}, { conditions: is('FailureTarget', 'Failed') }, [], { suspend: true, completions: 0 }],
    ['Complete has a time', began, { ...complete, completionTime: undefined }, ['status.completionTime Required']],
    ['a time says Complete', began, ended, ['status.completionTime Invalid']],
    ['time does not run backwards', began, { ...complete, completionTime: '2025-01-01T00:00:00Z' }, ['status.completionTime Invalid']],
    ['the end is final', complete, { ...complete, completionTime: '2026-01-01T00:02:00Z' }, ['status.completionTime Invalid']],
    ['no way back', failed, began, ['status.conditions Invalid', 'status.conditions Invalid']],
    ['finished, yet active', began, { ...failed, active: 1 }, ['status.active Invalid']],
    ['finished, yet terminating', began, { ...failed, terminating: 1 }, ['status.terminating Invalid']],
    ['finished, yet uncounted', began, { ...failed, uncountedTerminatedPods: { failed: ['a'] } }, ['status.uncountedTerminatedPods Invalid']],
    ['more ready than active', began, { ...began, ready: 2, active: 1 }, ['status.ready Invalid']],
    ['an old fault may stay', { ...began, ready: 2, active: 1 }, { ...began, ready: 2, active: 1, succeeded: 1 }, []],
    [
      'uids are counted once',
      {},
      { uncountedTerminatedPods: { succeeded: ['a', ''], failed: ['a'] } },
      ['status.uncountedTerminatedPods.failed[0] Duplicate', 'status.uncountedTerminatedPods.succeeded[1] Invalid'],
    ],
    ['counters only grow', { failed: 2, succeeded: 2 }, { failed: 1, succeeded: 1 }, ['status.failed Invalid', 'status.succeeded Invalid']],
    ['an elastic job shrinks', { succeeded: 2 }, { succeeded: 1 }, [], { completionMode: 'Indexed', completions: 2, parallelism: 2 }],
    ['the beginning stays', began, {}, ['status.startTime Required']],
    ['unless the job rests', began, {}, [], { suspend: true }],
    ['or resumes', { ...began, conditions: is('Suspended') }, { conditions: [{ type: 'Suspended', status: 'False' }] }, []],
    ['indexes need the mode', {}, { completedIndexes: '0' }, ['status.completedIndexes Invalid']],
    ['failed indexes need the limit', {}, { failedIndexes: '0' }, ['status.failedIndexes Invalid']],
    ['indexes are below completions', {}, { completedIndexes: '0-7' }, ['status.completedIndexes Invalid'], { completionMode: 'Indexed', completions: 4 }],
    [
      'either failed or completed',
      {},
      { completedIndexes: '0-2', failedIndexes: '1' },
      ['status.failedIndexes Invalid'],
      { completionMode: 'Indexed', completions: 4, backoffLimitPerIndex: 1 },
    ],
    ['success and failure', began, { ...began, conditions: is('SuccessCriteriaMet', 'FailureTarget') }, ['status.conditions Invalid']],
  ]
  for (const [name, before, after, expected, spec] of cases) {
    const job = (status: object): object => ({ spec: { template: { metadata: { labels }, ...template }, ...spec }, status })
    t.same(faultsOfChange(jobs, job(before), job(after), 'status'), expected, name)
  }
})

await t.test('CronJobs', async t => {
  const spec = { schedule: '* * * * *', jobTemplate: { spec: { template } } }
  const cases: readonly [object, string[]][] = [
    [{}, []],
    [{ schedule: 'TZ=UTC * * * * *' }, ['spec.schedule Invalid']],
    [{ timeZone: 'Europe/Berlin' }, []],
    [{ timeZone: 'US/Pacific' }, []],
    [{ timeZone: 'europe/berlin' }, ['spec.timeZone Invalid']],
    [{ timeZone: '+01' }, ['spec.timeZone Invalid']],
    [{ timeZone: 'local' }, ['spec.timeZone Invalid']],
    [{ concurrencyPolicy: '' }, []],
    [{ jobTemplate: { spec: { template, selector: {} } } }, ['spec.jobTemplate.spec.selector Invalid']],
    [{ jobTemplate: { spec: { template, manualSelector: true } } }, ['spec.jobTemplate.spec.manualSelector NotSupported']],
  ]
  for (const [change, expected] of cases) t.same(faultsOfNew(cronJobs, { spec: { ...spec, ...change } }), expected, JSON.stringify(change))
  const long = { metadata: { name: 'a'.repeat(53) }, spec }
  t.same(faultsOfNew(cronJobs, long), ['metadata.name Invalid'])
  t.same(faultsOfChange(cronJobs, long, long), [], 'what is there stays')
  const zoned = { spec: { ...spec, schedule: 'CRON_TZ=UTC 1 * * * *' } }
  t.same(faultsOfChange(cronJobs, zoned, zoned), [])
  t.same(faultsOfChange(cronJobs, zoned, { spec: { ...zoned.spec, timeZone: 'UTC' } }), ['spec.schedule Invalid'])
})
