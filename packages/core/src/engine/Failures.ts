import type { RejectCode } from "../plugin/EventBatch.ts"

/** What can be wrong with a value. */
export interface Problem {
  readonly code: RejectCode
  readonly reason: string
}

/** What can be wrong with a value, and the source column at fault. */
export interface FieldProblem extends Problem {
  readonly field: string
}

/** A column with a verdict on each of its distinct values. */
export interface Judged {
  /** By row: the code of its value, or -1 for null. */
  readonly codes: Int32Array
  /** By code: 0 if nothing is wrong, else which of `problems`, counted from 1. */
  readonly verdicts: Uint8Array
  /** The same for null. */
  readonly ofNull: number
  readonly problems: ReadonlyArray<Problem | FieldProblem>
}

/** A record that could be read and does not fit the plan. */
export interface Failure extends FieldProblem {
  /** Its row among the batch's records. */
  readonly row: number
}

/** The first failure of each row of a batch. */
export class Failures {
  readonly list: Array<Failure> = []
  private readonly failed: Uint8Array

  constructor(rows: number) {
    this.failed = new Uint8Array(rows)
  }

  /** Notes the rows of a column that have a problem, unless an earlier column had one. `field`: where none is named. */
  check({ codes, ofNull, problems, verdicts }: Judged, field: string): void {
    const { failed, list } = this
    for (let row = 0; row < codes.length; row++) {
      const verdict = codes[row] < 0 ? ofNull : verdicts[codes[row]]
      if (verdict === 0 || failed[row] === 1) continue
      failed[row] = 1
      list.push({ row, field, ...problems[verdict - 1] })
    }
  }

  /** Notes a problem of one row, unless it had one. */
  note(failure: Failure): void {
    if (this.failed[failure.row] === 1) return
    this.failed[failure.row] = 1
    this.list.push(failure)
  }

  /** The rows without a failure, ascending. */
  kept(): Int32Array {
    const kept = new Int32Array(this.failed.length - this.list.length)
    for (let row = 0, at = 0; row < this.failed.length; row++) if (this.failed[row] === 0) kept[at++] = row
    return kept
  }
}
