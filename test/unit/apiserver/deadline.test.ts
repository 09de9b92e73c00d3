import t from 'tap'
import { deadlineMs, isLongRunning, parseDuration, withDeadline } from '../../../apiserver/deadline.ts'
import type { ApiRequest } from '../../../apiserver/http/answer.ts'
import { parseRequest } from '../../../apiserver/request-info.ts'

await t.test('Go durations', t => {
  for (const [text, ms] of [
    ['1s', 1_000],
    ['1h2m3.5s', 3_723_500],
    ['250ms', 250],
    ['.5s', 500],
    ['0', 0],
    ['-1m', -60_000],
    ['+2s', 2_000],
  ] as const)
    t.equal(parseDuration(text), ms, text)
  for (const text of ['', '1', 's', '1 s', 'abc', '1x', '--1s', '1s;']) t.equal(parseDuration(text), undefined, text)
  t.end()
})

await t.test('the limit holds unless the client asks for less; streams have none', t => {
  const of = (method: string, url: string): number | undefined => deadlineMs(parseRequest(method, url), 60_000)
  t.equal(of('GET', '/api/v1/pods'), 60_000)
  t.equal(of('GET', '/api/v1/pods?timeout=2s'), 2_000)
  t.equal(of('GET', '/api/v1/pods?timeout=2h'), 60_000)
  t.equal(of('GET', '/api/v1/pods?timeout=0s'), 60_000)
  t.equal(of('GET', '/api/v1/pods?timeout=-5s'), 60_000)
  t.throws(() => of('GET', '/version?timeout=abc'), { code: 400, message: 'invalid timeout specified in the request URL - time: invalid duration "abc"' })
  for (const url of [
    '/api/v1/pods?watch=1',
    '/api/v1/watch/pods',
    '/api/v1/namespaces/d/pods/p/exec',
    '/api/v1/namespaces/d/pods/p/log',
    '/api/v1/nodes/n/proxy/x',
  ])
    t.ok(isLongRunning(parseRequest('GET', url)), url)
  t.equal(of('GET', '/api/v1/pods?watch=1&timeout=abc'), undefined)
  t.end()
})

await t.test('what takes too long is answered, and told to give up', async t => {
  let fire: () => void = () => undefined
  let cancelled = 0
  const clock = {
    now: () => 0,
    after: (_ms: number, run: () => void) => {
      fire = run
      return () => {
        cancelled++
      }
    },
  }
  let reason: Error | undefined
  const request = { cancel: (error: Error) => (reason = error) } as unknown as ApiRequest
  t.equal(await withDeadline(clock, request, 5, Promise.resolve('done')), 'done')
  t.equal(cancelled, 1)
  const late = withDeadline(clock, request, 5, new Promise(() => undefined))
  fire()
  await t.rejects(late, { code: 504, reason: 'Timeout' })
  t.match(reason, { code: 504 })
  t.equal(await withDeadline(clock, request, undefined, Promise.resolve('stream')), 'stream')
})
