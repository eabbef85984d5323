import * as Data from "effect/Data"

/** A sum of integers is beyond int64. */
export class IntegerOverflow extends Data.TaggedError("IntegerOverflow")<{ readonly column: string }> {
  override get message(): string {
    return `the sum of "${this.column}" is over the largest 64-bit integer`
  }
}
