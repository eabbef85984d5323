import type { RecordBatch } from "apache-arrow"
import { columnData, lanes } from "../../arrow/Columns.ts"
import type { CheckKind } from "../../plan/Plan.ts"
import { int64At } from "../../time/Int64.ts"
import type { Expressions } from "../Expressions.ts"
import { GroupedTable } from "../table/GroupedTable.ts"
import type { Need } from "../Needs.ts"
import type { CheckState, Judging } from "./CheckState.ts"
import { fullDays, volumeOf } from "./Days.ts"
import { type Found, judge, type Judged } from "./Finding.ts"
import { numberAt, rowsText, secondsText } from "../shownValues.ts"
import { judgeValue } from "./Value.ts"

type MeasuredCheck = CheckKind<"assert" | "freshness" | "volume">

/** Looks at one table that is made from the rows: its measures, or its days. Throws `ExpressionFailed`. */
export class MeasuredState implements CheckState {
  readonly needs: ReadonlyArray<Need>
  private readonly check: MeasuredCheck
  private readonly rows: GroupedTable
  private readonly timezone: string

  constructor(check: MeasuredCheck, user: string, timezone: string, expressions: Expressions, place: string) {
    this.check = check
    this.rows = new GroupedTable(check.rows, user, expressions, place)
    this.timezone = timezone
    this.needs = [{ from: check.table, columns: this.rows.needs }]
  }

  add(_from: string, rows: RecordBatch): void {
    this.rows.add(rows)
  }

  finish(judging: Judging): ReadonlyArray<Judged> {
    const { check } = this
    const { asOfMicros, previous } = judging
    const rows = this.rows.finish()
    if (check.check === "assert") return judgeValue(check, rows, 0, {}, judging)
    if (check.check === "freshness") {
      return check.limits.map((limit) => judge(check, limit, ageOf(rows, asOfMicros), previous))
    }
    const days = fullDays(rows, asOfMicros, this.timezone)
    return check.limits.map((limit) => judge(check, limit, volumeOf(days, limit), previous))
  }
}

/** How old the last time is, in seconds. */
const ageOf = (rows: RecordBatch, asOfMicros: number): Found => {
  const last = columnData(rows, "last")
  const n = numberAt(columnData(rows, "n"), 0) ?? 0
  if (!last.getValid(0)) return { value: null, n, text: `no time in ${rowsText(n)}` }
  const seconds = (asOfMicros - int64At(lanes(last.values), 0)) / 1e6
  const age = seconds < 0 ? `${secondsText(-seconds)} after as_of` : `${secondsText(seconds)} old`
  return { value: seconds, n, text: `the last of ${rowsText(n)} is ${age}` }
}
