import type { Plan } from "../plan/Plan.ts"
import { redactedFields } from "../plan/redactedFields.ts"
import { RejectCounts } from "./RejectCounts.ts"
import type { InputCounts, ReadInput } from "./RunState.ts"
import type { TimeNotes } from "./TimeColumn.ts"
import { type Unmatched, UnmatchedCounts } from "./Unmatched.ts"

/** What came of one input so far. */
export class InputTally {
  readonly parts: Array<ReadInput["parts"][number]> = []
  readonly notes: Array<string> = []
  readonly rejects: RejectCounts
  readonly times = { local: 0, skipped: 0, doubled: 0, outside: 0 }
  readonly unmatched: ReadonlyArray<UnmatchedCounts>
  records = 0
  lines = 0
  filtered = 0
  end = 0
  settled = false

  constructor(plan: Plan) {
    this.rejects = new RejectCounts(redactedFields(plan))
    this.unmatched = plan.validate.enrich.map(() => new UnmatchedCounts())
  }

  /** Adds what came of a part, but for rejects that were added already. */
  add(result: InputCounts): void {
    for (const note of result.notes) if (!this.notes.includes(note)) this.notes.push(note)
    this.records += result.records
    this.lines += result.lines
    this.filtered += result.filtered
    this.rejects.merge(result.rejected)
    for (const key of ["local", "skipped", "doubled", "outside"] as const) this.times[key] += result.times[key]
    this.addUnmatched(result.unmatched)
    // A piece in which no record begins says nothing of the record before it.
    if (result.end !== this.end) this.settled = result.settled
    this.end = result.end
  }

  /** Adds a record that was rejected before. */
  addReplayed(filtered: number, times: TimeNotes): void {
    this.filtered += filtered
    for (const key of ["local", "skipped", "doubled", "outside"] as const) this.times[key] += times[key]
  }

  addUnmatched(unmatched: ReadonlyArray<Unmatched>): void {
    for (const [entry, counts] of this.unmatched.entries()) counts.add(unmatched[entry])
  }

  toData(): ReadInput {
    const { end, filtered, lines, notes, parts, records, rejects, settled, times, unmatched } = this
    const rejected = rejects.toData()
    const lacking = unmatched.map((counts) => counts.toData())
    return { parts, counts: { records, filtered, lines, end, settled, notes, times, rejected, unmatched: lacking } }
  }
}
