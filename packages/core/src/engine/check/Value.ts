import { Bool, type RecordBatch } from "apache-arrow"
import { columnData } from "../../arrow/Columns.ts"
import type { CheckKind } from "../../plan/Plan.ts"
import { boolValues } from "../measure/Slots.ts"
import type { Judging } from "./CheckState.ts"
import { type Found, judge, judgeCondition, type Judged } from "./Finding.ts"
import { numberAt, numberText } from "../shownValues.ts"

/**
 * Judges a row with the columns `value`, `n` and, where a condition is about a number, `measured`. A condition is kept
 * if it is true, a number by the limits of the check.
 */
export const judgeValue = (
  check: CheckKind<"assert" | "rate">,
  rows: RecordBatch,
  row: number,
  about: Pick<Found, "input" | "nothing">,
  { previous }: Judging
): ReadonlyArray<Judged> => {
  const value = columnData(rows, "value")
  const isCondition = value.type instanceof Bool
  const named = rows.schema.names.includes("measured") ? "measured" : "value"
  const number = isCondition && named === "value" ? null : numberAt(columnData(rows, named), row)
  const n = numberAt(columnData(rows, "n"), row) ?? 0
  const of = ` (n = ${numberText(n)})`
  const found = { ...about, value: number, n, whole: 1 }
  if (isCondition) {
    const isKept = value.getValid(row) && boolValues(value)[row] === 1
    const shown = number === null ? (value.getValid(row) ? `${isKept}` : "null") : numberText(number)
    return [judgeCondition(check, check.condition, { ...found, text: `${shown}${of}` }, isKept)]
  }
  return check.limits.map((limit) => {
    const shown = number === null ? "null" : numberText(limit.of === "share" ? number * 100 : number)
    const text = limit.of === "share" && number !== null ? `${shown} %` : shown
    return judge(check, limit, { ...found, text: `${text}${of}` }, previous)
  })
}
