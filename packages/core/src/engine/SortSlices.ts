import type { Compare } from "./CompareRows.ts"

/**
 * Sorts the rows of every slice (the i-th ends before `ends[i]`) by a key a row and, where keys are equal, by `tie`; the
 * order of all rows, or undefined if it is the one they have. A natural merge sort: stretches that are in order
 * already, such as the events that one thread read, are merged.
 */
export const sortSlices = (ends: Int32Array, key: Float64Array | Compare, tie: Compare): Int32Array | undefined => {
  const sorter = key instanceof Float64Array ? new KeySorter(key, tie) : new CompareSorter(key, tie)
  const rows = ends.length === 0 ? 0 : ends[ends.length - 1]
  let order: Int32Array | undefined
  let start = 0
  for (const end of ends) {
    if (!sorter.isSorted(start, end)) {
      order ??= identity(rows)
      sorter.sort(order, start, end)
    }
    start = end
  }
  return order
}

const identity = (rows: number): Int32Array => {
  const order = new Int32Array(rows)
  for (let row = 0; row < rows; row++) order[row] = row
  return order
}

abstract class Sorter {
  private buffer: Int32Array = new Int32Array(64)
  private bounds: Array<number> = []

  abstract isSorted(start: number, end: number): boolean
  /** Whether row `b` comes before row `a`. */
  protected abstract isAfter(a: number, b: number): boolean
  protected abstract merge(from: Int32Array, to: Int32Array, start: number, middle: number, end: number): void

  sort(order: Int32Array, start: number, end: number): void {
    const length = end - start
    if (this.buffer.length < length) this.buffer = new Int32Array(length * 2)
    const bounds = this.bounds
    bounds.length = 0
    bounds.push(0)
    for (let row = start + 1; row < end; row++) if (this.isAfter(row - 1, row)) bounds.push(row - start)
    bounds.push(length)
    let from: Int32Array = order.subarray(start, end)
    let to: Int32Array = this.buffer.subarray(0, length)
    while (bounds.length > 2) {
      let kept = 1
      for (let i = 0; i + 2 < bounds.length; i += 2) {
        this.merge(from, to, bounds[i], bounds[i + 1], bounds[i + 2])
        bounds[kept++] = bounds[i + 2]
      }
      if (bounds.length % 2 === 0) {
        // The last stretch has no partner.
        const last = bounds[bounds.length - 2]
        to.set(from.subarray(last, length), last)
        bounds[kept++] = length
      }
      bounds.length = kept
      const other = from
      from = to
      to = other
    }
    if (from.buffer !== order.buffer || from.byteOffset !== order.byteOffset + start * 4) order.set(from, start)
  }
}

class KeySorter extends Sorter {
  private readonly keys: Float64Array
  private readonly tie: Compare

  constructor(keys: Float64Array, tie: Compare) {
    super()
    this.keys = keys
    this.tie = tie
  }

  isSorted(start: number, end: number): boolean {
    const { keys } = this
    for (let row = start + 1; row < end; row++) {
      if (keys[row - 1] < keys[row]) continue
      if (keys[row - 1] > keys[row] || this.tie(row - 1, row) > 0) return false
    }
    return true
  }

  protected isAfter(a: number, b: number): boolean {
    const { keys } = this
    return keys[a] > keys[b] || (keys[a] === keys[b] && this.tie(a, b) > 0)
  }

  protected merge(from: Int32Array, to: Int32Array, start: number, middle: number, end: number): void {
    const { keys } = this
    let left = start
    let right = middle
    for (let at = start; at < end; at++) {
      if (left === middle) to[at] = from[right++]
      else if (right === end) to[at] = from[left++]
      else {
        const a = from[left]
        const b = from[right]
        const isRight = keys[a] > keys[b] || (keys[a] === keys[b] && this.tie(a, b) > 0)
        to[at] = isRight ? from[right++] : from[left++]
      }
    }
  }
}

/** For keys that are no doubles. */
class CompareSorter extends Sorter {
  private readonly compare: Compare

  constructor(key: Compare, tie: Compare) {
    super()
    this.compare = (a, b) => key(a, b) || tie(a, b)
  }

  isSorted(start: number, end: number): boolean {
    for (let row = start + 1; row < end; row++) if (this.compare(row - 1, row) > 0) return false
    return true
  }

  protected isAfter(a: number, b: number): boolean {
    return this.compare(a, b) > 0
  }

  protected merge(from: Int32Array, to: Int32Array, start: number, middle: number, end: number): void {
    let left = start
    let right = middle
    for (let at = start; at < end; at++) {
      if (left === middle) to[at] = from[right++]
      else if (right === end || this.compare(from[left], from[right]) <= 0) to[at] = from[left++]
      else to[at] = from[right++]
    }
  }
}
