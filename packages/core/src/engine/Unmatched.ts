/** So many different keys are told apart; a thread needs a few megabytes for them. */
export const mostKeys = 100_000

/** Events for which a joined file has no row. Plain data. */
export interface Unmatched {
  readonly events: number
  /** A digest of each different key that they had, of {@link mostKeys} at most. */
  readonly keys: Float64Array
}

/**
 * Counts events for which a joined file has no row, in one part of an input or in many. The number of keys is exact up
 * to {@link mostKeys} and stays there, so that memory is bounded and the order of parts does not matter.
 */
export class UnmatchedCounts {
  events = 0
  private readonly keys = new Set<number>()

  get distinctKeys(): number {
    return this.keys.size
  }

  /** Notes the digest of a key. */
  note(key: number): void {
    if (this.keys.size < mostKeys) this.keys.add(key)
  }

  add({ events, keys }: Unmatched): void {
    this.events += events
    for (const key of keys) this.note(key)
  }

  toData(): Unmatched {
    return { events: this.events, keys: Float64Array.from(this.keys) }
  }
}
