import t from 'tap'
import { toContent, type Content } from '../../../store/entry.ts'
import { OwnWrites } from '../../../store/own-writes.ts'

const resource = { prefix: '/r/', namespaced: false, fieldsOf: () => ({}) }
const content = (x: number): Content => toContent({ kind: 'T', apiVersion: 'v1', metadata: { name: 'a' }, x } as never, resource)

void t.test('answer before echo', async t => {
  const own = new OwnWrites()
  const c = content(1)
  const draft = own.begin('/r/a', c, c.json)
  const entry = own.answered(draft, 5, 5, 4)
  t.equal(own.echo('/r/a', c.json, 5, 5), entry)
  t.equal(own.echo('/r/a', c.json, 5, 5), undefined, 'nothing is kept')
})

void t.test('echo before answer', async t => {
  const own = new OwnWrites()
  const c = content(1)
  const draft = own.begin('/r/a', c, c.json)
  const entry = own.echo('/r/a', c.json, 5, 3)
  t.equal(entry?.revision, 5)
  t.equal(own.answered(draft, 5, 3, 5), entry)
  t.equal(own.echo('/r/a', c.json, 6, 3), undefined)
})

void t.test("another's write of the same key is not taken for ours", async t => {
  const own = new OwnWrites()
  const [mine, other] = [content(1), content(2)]
  own.begin('/r/a', mine, mine.json)
  t.equal(own.echo('/r/a', other.json, 5, 5), undefined)
  t.equal(own.echo('/r/b', mine.json, 5, 5), undefined)
})

void t.test('equal bytes written twice each get their revision', async t => {
  const own = new OwnWrites()
  const c = content(1)
  const [one, two] = [own.begin('/r/a', c, c.json), own.begin('/r/a', c, c.json)]
  own.echo('/r/a', c.json, 5, 5)
  own.echo('/r/a', c.json, 6, 5)
  t.equal(own.answered(two, 5, 5, 6).revision, 5)
  t.equal(own.answered(one, 6, 5, 6).revision, 6)
  t.equal(own.echo('/r/a', c.json, 7, 5), undefined)
})

void t.test('a failed write, and a lost history, leave nothing', async t => {
  const own = new OwnWrites()
  const c = content(1)
  own.drop(own.begin('/r/a', c, c.json))
  t.equal(own.echo('/r/a', c.json, 5, 5), undefined)
  own.answered(own.begin('/r/a', c, c.json), 5, 5, 4)
  own.forgetAnswered()
  t.equal(own.echo('/r/a', c.json, 5, 5), undefined)
})
