// A persistent B+ tree: items sorted by key, every change copies only the path to it, so an old root is a stable snapshot for ever.
// Keys compare by UTF-16 code unit, which for the ASCII keys of Kubernetes is etcd's byte order.

export interface Keyed {
  readonly key: string
}

interface Leaf<T> {
  readonly size: number
  readonly items: readonly T[]
}
interface Branch<T> {
  readonly size: number
  readonly children: readonly Node<T>[]
  /** The smallest key that may lie in each child; the first is never compared. */
  readonly lows: readonly string[]
}
type Node<T> = Leaf<T> | Branch<T>

const maxWidth = 64
const minWidth = 16

const isLeaf = <T>(node: Node<T>): node is Leaf<T> => 'items' in node
const widthOf = <T>(node: Node<T>): number => (isLeaf(node) ? node.items.length : node.children.length)

/** Index of the first item whose key is not below `key`. */
const lowerBound = (items: readonly Keyed[], key: string): number => {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (items[middle]!.key < key) low = middle + 1
    else high = middle
  }
  return low
}

/** Index of the child that holds `key`. */
const childOf = (lows: readonly string[], key: string): number => {
  let low = 1
  let high = lows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (lows[middle]! <= key) low = middle + 1
    else high = middle
  }
  return low - 1
}

const leaf = <T>(items: readonly T[]): Leaf<T> => ({ size: items.length, items })
const branch = <T>(children: readonly Node<T>[], lows: readonly string[]): Branch<T> => {
  let size = 0
  for (const child of children) size += child.size
  return { size, children, lows }
}

interface Part<T> {
  readonly node: Node<T>
  readonly low: string
}

const split = <T extends Keyed>(node: Node<T>, low: string): Part<T>[] => {
  if (widthOf(node) <= maxWidth) return [{ node, low }]
  if (isLeaf(node)) {
    const middle = node.items.length >>> 1
    return [
      { node: leaf(node.items.slice(0, middle)), low },
      { node: leaf(node.items.slice(middle)), low: node.items[middle]!.key },
    ]
  }
  const middle = node.children.length >>> 1
  return [
    { node: branch(node.children.slice(0, middle), node.lows.slice(0, middle)), low },
    { node: branch(node.children.slice(middle), node.lows.slice(middle)), low: node.lows[middle]! },
  ]
}

const join = <T extends Keyed>(left: Node<T>, right: Node<T>): Node<T> =>
  isLeaf(left)
    ? leaf([...left.items, ...(right as Leaf<T>).items])
    : branch([...left.children, ...(right as Branch<T>).children], [...left.lows, ...(right as Branch<T>).lows])

const insert = <T extends Keyed>(node: Node<T>, low: string, item: T): Part<T>[] => {
  if (isLeaf(node)) {
    const at = lowerBound(node.items, item.key)
    return split(leaf(node.items.toSpliced(at, node.items[at]?.key === item.key ? 1 : 0, item)), low)
  }
  const at = childOf(node.lows, item.key)
  const parts = insert(node.children[at]!, node.lows[at]!, item)
  if (parts.length === 1) {
    const children = node.children.with(at, parts[0]!.node)
    return [{ node: { size: node.size - node.children[at]!.size + parts[0]!.node.size, children, lows: node.lows }, low }]
  }
  return split(branch(node.children.toSpliced(at, 1, ...parts.map(p => p.node)), node.lows.toSpliced(at, 1, ...parts.map(p => p.low))), low)
}

/** The node without `key`; the same node when it does not hold it. */
const remove = <T extends Keyed>(node: Node<T>, key: string): Node<T> => {
  if (isLeaf(node)) {
    const at = lowerBound(node.items, key)
    return node.items[at]?.key === key ? leaf(node.items.toSpliced(at, 1)) : node
  }
  const at = childOf(node.lows, key)
  const before = node.children[at]!
  const after = remove(before, key)
  if (after === before) return node
  if (widthOf(after) >= minWidth || node.children.length === 1) {
    return { size: node.size - 1, children: node.children.with(at, after), lows: node.lows }
  }
  // A thin child joins its neighbour, so that deleting most of a tree leaves a small tree.
  const left = at === 0 ? 0 : at - 1
  const [a, b] = at === 0 ? [after, node.children[1]!] : [node.children[left]!, after]
  const parts = split(join(a, b), node.lows[left]!)
  return branch(node.children.toSpliced(left, 2, ...parts.map(p => p.node)), node.lows.toSpliced(left, 2, ...parts.map(p => p.low)))
}

const rank = <T extends Keyed>(root: Node<T>, key: string): number => {
  let node = root
  let before = 0
  while (!isLeaf(node)) {
    const at = childOf(node.lows, key)
    for (let i = 0; i < at; i++) before += node.children[i]!.size
    node = node.children[at]!
  }
  return before + lowerBound(node.items, key)
}

function* walk<T extends Keyed>(node: Node<T>, from: string, to: string): Generator<T, boolean> {
  if (isLeaf(node)) {
    for (let i = lowerBound(node.items, from); i < node.items.length; i++) {
      if (node.items[i]!.key >= to) return false
      yield node.items[i]!
    }
    return true
  }
  for (let i = childOf(node.lows, from); i < node.children.length; i++) {
    if (!(yield* walk(node.children[i]!, from, to))) return false
  }
  return true
}

export class SortedTree<T extends Keyed> {
  readonly #root: Node<T>

  private constructor(root: Node<T>) {
    this.#root = root
  }

  static empty<T extends Keyed>(): SortedTree<T> {
    return new SortedTree<T>(leaf([]))
  }

  /** `items` are sorted by key and have each key once. */
  static from<T extends Keyed>(items: readonly T[]): SortedTree<T> {
    const width = 48
    let parts: Part<T>[] = []
    for (let i = 0; i < items.length; i += width) parts.push({ node: leaf(items.slice(i, i + width)), low: items[i]!.key })
    while (parts.length > 1) {
      const above: Part<T>[] = []
      for (let i = 0; i < parts.length; i += width) {
        const group = parts.slice(i, i + width)
        above.push({
          node: branch(
            group.map(p => p.node),
            group.map(p => p.low),
          ),
          low: group[0]!.low,
        })
      }
      parts = above
    }
    return parts[0] ? new SortedTree(parts[0].node) : SortedTree.empty()
  }

  get size(): number {
    return this.#root.size
  }

  get(key: string): T | undefined {
    let node = this.#root
    while (!isLeaf(node)) node = node.children[childOf(node.lows, key)]!
    const item = node.items[lowerBound(node.items, key)]
    return item?.key === key ? item : undefined
  }

  with(item: T): SortedTree<T> {
    const parts = insert(this.#root, '', item)
    return new SortedTree(
      parts.length === 1
        ? parts[0]!.node
        : branch(
            parts.map(p => p.node),
            parts.map(p => p.low),
          ),
    )
  }

  without(key: string): SortedTree<T> {
    let root = remove(this.#root, key)
    if (root === this.#root) return this
    while (!isLeaf(root) && root.children.length === 1) root = root.children[0]!
    return new SortedTree(root)
  }

  /** Items with from ≤ key < to, in order; as lazy as it is cheap. Can be iterated again. */
  range(from: string, to: string): Iterable<T> {
    const root = this.#root
    return { [Symbol.iterator]: () => walk(root, from, to) }
  }

  count(from: string, to: string): number {
    return Math.max(0, rank(this.#root, to) - rank(this.#root, from))
  }
}
