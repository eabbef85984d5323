import { type Kernels, Region } from "./Kernels.ts"
import type { RecordTable } from "./RecordTable.ts"
import type { TextArrays } from "./Texts.ts"
import { type UsedUsers, UserOrder } from "./UserOrder.ts"

/** What is asked of one column of a table of records. */
export interface EventCheck {
  /** The column of the table. */
  readonly column: number
  /** A column of times: of every row they must be known and in the range. */
  readonly isTime: boolean
  /** Whether a text may be null. */
  readonly nullable: boolean
  /** The column of the store that takes the texts' numbers; the user's is 0. */
  readonly target: number
}

/** Sorted events; to be read before the store is used again. */
export interface SortedEvents extends UsedUsers {
  /** int64 microseconds, as pairs of words. */
  readonly times: (to: Int32Array) => void
  /** int64 places, as pairs of words. */
  readonly places: (to: Int32Array) => void
  readonly column: (column: number, to: Int32Array) => void
}

/**
 * Accepted events in the memory of the kernels: of each the user, the time, its place in the input and the numbers of
 * some texts. A row of a table is only accepted if everything asked of it holds; the others are for the caller.
 */
export class EventStore {
  private readonly kernels: Kernels
  private readonly pointer: number
  private readonly columns: number
  private readonly userOrder: UserOrder
  /** For a column in order. */
  private readonly sorted: Region

  /** `from` to `to`: the times that are taken, in microseconds, both included. */
  constructor(
    kernels: Kernels,
    checks: ReadonlyArray<EventCheck>,
    columns: number,
    { from, to }: { readonly from: number; readonly to: number }
  ) {
    const { run } = kernels
    this.kernels = kernels
    this.columns = columns
    this.pointer = run.storeNew(checks.length, columns)
    this.userOrder = new UserOrder(kernels)
    this.sorted = new Region(kernels)
    for (const [i, { column, isTime, nullable, target }] of checks.entries()) {
      run.storeCheck(this.pointer, i, column, isTime, nullable ? 0 : 1, target)
    }
    run.storeRange(this.pointer, Math.max(from, -mostMicros), Math.min(to, mostMicros))
  }

  get rows(): number {
    return this.field(0)
  }

  /** Bytes that an event takes, its place among the sorted ones included. */
  get rowBytes(): number {
    return this.columns * 4 + 20
  }

  /** Says what the texts `from` to `to` of a check's column are: their numbers in the store, and 0 if they are good. */
  setTexts(check: number, meaning: Int32Array, verdicts: Uint8Array, from: number, to: number): void {
    if (from >= to) return
    const { kernels, pointer } = this
    kernels.run.storeReserveTexts(pointer, check, to)
    const { bytes, int32 } = kernels
    const at = (this.field(3) >> 2) + check * checkWords
    int32.set(meaning.subarray(from, to), (int32[at + 2] >> 2) + from)
    bytes.set(verdicts.subarray(from, to), int32[at + 3] + from)
    kernels.run.storeLearnTexts(pointer, check, from, to)
  }

  /** Takes the good ones among the records that a table holds, of that part of the input; gives the rows of the others. */
  accept(table: RecordTable, rows: number, part: number): Int32Array {
    const { kernels, pointer } = this
    const others = kernels.run.storeAccept(pointer, table.pointer, rows, part)
    return kernels.copyInt32(this.field(12), others)
  }

  /** All events by user, time and place. `names`: what the users' numbers stand for. */
  sort(names: TextArrays): SortedEvents {
    const { kernels, pointer, rows, userOrder } = this
    const { run } = kernels
    const { size } = names
    const ranks = userOrder.order(names)
    // By rank: counts at first, then where the rows begin, in the end where they end.
    const ends = run.alloc(size * 4)
    const sortedTimes = run.storeBeginSort(pointer)
    kernels.int32.fill(0, ends >> 2, (ends >> 2) + size)
    inSteps(rows, (from, to) => run.storeRank(pointer, ranks, ends, from, to))
    run.storeStartRanks(ends, size)
    inSteps(rows, (from, to) => run.storePlace(pointer, ends, from, to))
    const times = this.field(6)
    inSteps(rows, (from, to) => run.storeGatherLongs(pointer, times, sortedTimes, from, to))
    inSteps(size, (from, to) => run.storeSortRanks(pointer, sortedTimes, ends, from, to))
    run.storeEndSort(pointer, sortedTimes)
    const used = userOrder.used(ends)
    run.free(ends, size * 4)
    const copied = (to: Int32Array, width: number, fill: (at: number, from: number, to: number) => void) => {
      this.sorted.reserve(rows * width * 4)
      const { at } = this.sorted
      inSteps(rows, (from, to) => fill(at, from, to))
      to.set(kernels.int32.subarray(at >> 2, (at >> 2) + rows * width))
    }
    return {
      ...used,
      times: (to) => {
        const at = this.field(6) >> 2
        to.set(kernels.int32.subarray(at, at + rows * 2))
      },
      places: (to) => {
        const places = this.field(7)
        copied(to, 2, (at, from, end) => run.storeGatherLongs(pointer, places, at, from, end))
      },
      column: (column, to) => {
        const values = kernels.int32[(this.field(5) >> 2) + column]
        copied(to, 1, (at, from, end) => run.storeGatherWords(pointer, values, at, from, end))
      }
    }
  }

  /** Forgets the events. */
  clear(): void {
    this.kernels.run.storeEmpty(this.pointer)
  }

  private field(index: number): number {
    return this.kernels.int32[(this.pointer >> 2) + index]
  }
}

/**
 * Calls a loop of the kernels for so many rows, a part at a time: an engine ends a call in the code that it began with,
 * and has faster code only for the next one.
 */
const inSteps = (rows: number, loop: (from: number, to: number) => void): void => {
  for (let from = 0; from < rows; from += stepRows) loop(from, Math.min(from + stepRows, rows))
}

const stepRows = 16_384

const checkWords = 9
/** Far beyond the years 0001 to 9999. */
const mostMicros = 2 ** 60
