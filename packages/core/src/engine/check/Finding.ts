import type { Limit } from "../../plan/Check.ts"
import type { Check } from "../../plan/Plan.ts"
import { numberText, secondsText } from "../shownValues.ts"

/** A row, or a part of it, as JSON. */
export type SampleRow = Readonly<Record<string, string | number | boolean | null>>

/** What came of a check: one for each of its limits, and for each input. */
export interface Finding {
  readonly check: string
  /** The table that was looked at; null where it was the counts of the run. */
  readonly table: string | null
  /** Null where it is of all inputs. */
  readonly input: string | null
  readonly severity: Check["severity"]
  readonly outcome: "passed" | "warning" | "failed"
  /** Rows that are not as expected, a number, seconds; null where there is no such number. */
  readonly value: number | null
  /** What was expected of it, for a person. */
  readonly threshold: string
  /** Of how many rows; of how many full days, where days are compared; of how many records, of rates. */
  readonly n: number
  /** What was found and what was expected, for a person. */
  readonly message: string
  /** The first rows that are not as expected. */
  readonly samples: ReadonlyArray<SampleRow>
}

/** A finding, and the limit that it is of: null where a condition is its own limit. */
export interface Judged extends Finding {
  readonly bound: Limit["bound"] | null
}

/** What was found before it is judged. */
export interface Found {
  readonly input?: string
  readonly value: number | null
  readonly n: number
  /** The value for a person. */
  readonly text: string
  /** What 100 % is for a limit that is a share, and, unless that is plain, how it is called. */
  readonly whole?: number
  readonly wholeText?: string
  /** There was nothing that could be judged: that is good, whereas a value of null is not. */
  readonly nothing?: boolean
  readonly samples?: ReadonlyArray<SampleRow>
}

/** What the run before found; undefined where there is none. */
export type Previous = (check: string, input: string | null, bound: Limit["bound"]) => number | undefined

/** Judges what was found by a limit. One that is of the run before is kept where there was none. */
export const judge = (check: Check, limit: Limit, found: Found, previous: Previous): Judged => {
  const { amount, bound, of } = limit
  const { input = null, nothing = false, value, whole = 0, wholeText } = found
  const before = of === "previous" ? previous(check.name, input, bound) : undefined
  const base = of === "number" ? 100 : of === "share" ? whole : before
  const edge = base === undefined ? undefined : (amount * base) / 100
  const isKept = edge === undefined || (value !== null && (bound === "at_most" ? value <= edge : value >= edge))
  const shown = check.check === "freshness" ? secondsText(amount) : numberText(amount)
  const percent = of === "number" ? "" : " %"
  const ofWhat =
    of === "previous"
      ? ` of ${before === undefined ? "the run before, of which nothing is known" : `${numberText(before)}, which the run before had`}`
      : of === "share" && wholeText !== undefined
        ? ` of ${wholeText}`
        : ""
  const threshold = `${bound.replace("_", " ")} ${shown}${percent}${ofWhat}`
  return { ...made(check, found, nothing || isKept, threshold), bound }
}

/** Judges what was found by a condition that it keeps or does not keep. */
export const judgeCondition = (check: Check, condition: string, found: Found, isKept: boolean): Judged => ({
  ...made(check, found, found.nothing === true || isKept, condition),
  bound: null
})

const made = (check: Check, found: Found, isGood: boolean, threshold: string): Finding => {
  const { input = null, n, samples = [], text, value } = found
  return {
    check: check.name,
    table: check.check === "rate" ? null : check.table,
    input,
    severity: check.severity,
    outcome: isGood ? "passed" : check.severity === "warn" ? "warning" : "failed",
    value: value !== null && Number.isFinite(value) ? value : null,
    threshold,
    n,
    message: `${text}, expected ${threshold}`,
    samples
  }
}
