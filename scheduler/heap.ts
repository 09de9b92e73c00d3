// A binary heap whose members can be removed by key.

export interface Heap<T> {
  push(item: T): void
  /** The least by the given order. */
  pop(): T | undefined
  peek(): T | undefined
  remove(key: string): T | undefined
  get(key: string): T | undefined
  readonly size: number
}

export const createHeap = <T>(keyOf: (item: T) => string, before: (a: T, b: T) => boolean): Heap<T> => {
  const items: T[] = []
  const at = new Map<string, number>()
  const place = (item: T, i: number): void => {
    items[i] = item
    at.set(keyOf(item), i)
  }
  const up = (from: number): void => {
    let i = from
    const item = items[i]!
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!before(item, items[parent]!)) break
      place(items[parent]!, i)
      i = parent
    }
    place(item, i)
  }
  const down = (from: number): void => {
    let i = from
    const item = items[i]!
    for (;;) {
      let child = 2 * i + 1
      if (child >= items.length) break
      if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child++
      if (!before(items[child]!, item)) break
      place(items[child]!, i)
      i = child
    }
    place(item, i)
  }
  const removeAt = (i: number): T => {
    const removed = items[i]!
    at.delete(keyOf(removed))
    const last = items.pop()!
    if (i < items.length) {
      place(last, i)
      up(i)
      down(at.get(keyOf(last))!)
    }
    return removed
  }
  return {
    push(item) {
      const i = at.get(keyOf(item))
      if (i !== undefined) removeAt(i)
      items.push(item)
      up(items.length - 1)
    },
    pop: () => (items.length ? removeAt(0) : undefined),
    peek: () => items[0],
    remove(key) {
      const i = at.get(key)
      return i === undefined ? undefined : removeAt(i)
    },
    get(key) {
      const i = at.get(key)
      return i === undefined ? undefined : items[i]
    },
    get size() {
      return items.length
    },
  }
}
