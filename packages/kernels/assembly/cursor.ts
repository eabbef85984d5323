import { compareAlike, isInteger, textKey } from "./name"

/**
 * A place among the users of a run that is sorted by user, time and place, and of whose rows some are here. Filled by
 * JavaScript. Pointers are to where row 0, or the byte 0 of the names, would stand.
 */
@unmanaged
export class Cursor {
  /** The next user, */
  user: i32
  /** the one before which these end, */
  until: i32
  /** and the first row of the next one. */
  row: i32
  /** Whether there are more users of the run elsewhere. */
  hasMore: i32
  /** i32 a user, and one more: where names begin and end in `names`. */
  offsets: usize
  names: usize
  /** i32 a user: where his rows end. */
  ends: usize
  /** i64 a row. */
  times: usize
  places: usize
  /** Two pointers a column: i32 a row, its code in the run; i32 a code, what it is in all runs, or 0 if it is the same. */
  columns: usize
  /** The name of the next user, and what its order is seen from. */
  name: usize
  length: i32
  isInteger: i32
  key: u64

  @inline
  get isUsedUp(): bool {
    return this.user === this.until
  }

  /** Where the rows of the next user end. */
  @inline
  get end(): i32 {
    return load<i32>(this.ends + ((<usize>this.user) << 2))
  }

  /** Reads the name of the next user. */
  look(): void {
    if (this.isUsedUp) return
    const place = this.offsets + ((<usize>this.user) << 2)
    const start = load<i32>(place)
    this.name = this.names + start
    this.length = load<i32>(place, 4) - start
    this.isInteger = <i32>isInteger(this.name, this.length)
    this.key = textKey(this.name, this.length)
  }

  advance(): void {
    this.row = this.end
    this.user++
    this.look()
  }

  /** Negative, zero or positive as the next user comes before, is, or comes after that of another. */
  compare(other: Cursor): i32 {
    if (this.isInteger !== other.isInteger) return this.isInteger ? -1 : 1
    if (this.isInteger === 0 && this.key !== other.key) return this.key < other.key ? -1 : 1
    return compareAlike(this.name, this.length, other.name, other.length, this.isInteger !== 0)
  }
}
