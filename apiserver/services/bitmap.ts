// A set of small numbers with a cursor that spreads allocation; the pure part of address and port allocation.

export interface Bitmap {
  readonly size: number
  readonly used: number
  has(n: number): boolean
  /** False when it was taken already. */
  take(n: number): boolean
  release(n: number): void
  /** A free number in [from, to), or undefined: random start, then the next free one. */
  takeAny(from: number, to: number): number | undefined
}

export const createBitmap = (size: number, random: () => number = Math.random): Bitmap => {
  const words = new Uint32Array(Math.ceil(size / 32))
  let used = 0
  const has = (n: number): boolean => ((words[n >>> 5]! >>> (n & 31)) & 1) === 1
  const take = (n: number): boolean => {
    if (n < 0 || n >= size || has(n)) return false
    words[n >>> 5]! |= 1 << (n & 31)
    used++
    return true
  }
  return {
    size,
    get used() {
      return used
    },
    has,
    take,
    release: n => {
      if (n < 0 || n >= size || !has(n)) return
      words[n >>> 5]! &= ~(1 << (n & 31))
      used--
    },
    takeAny: (from, to) => {
      const span = to - from
      if (span <= 0) return undefined
      const start = Math.floor(random() * span)
      for (let i = 0; i < span; i++) {
        const n = from + ((start + i) % span)
        if (take(n)) return n
      }
      return undefined
    },
  }
}
