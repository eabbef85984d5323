import type { RecordBatch } from "apache-arrow"
import { int64Column, lanes, recordBatch } from "../../arrow/Columns.ts"
import { columnsOf } from "../../expression/TreeNames.ts"
import type { Check, CheckKind, Plan } from "../../plan/Plan.ts"
import type { inputCounts, runCounts } from "../../plan/planRate.ts"
import { storeInt64 } from "../../time/Int64.ts"
import { Expressions, namedColumn } from "../Expressions.ts"
import { allNeeds, type Need } from "../Needs.ts"
import type { Summary } from "../Summary.ts"
import type { CheckState, Judging } from "./CheckState.ts"
import type { Judged } from "./Finding.ts"
import { MeasuredState } from "./MeasuredState.ts"
import { ExpectState, ReferencesState, UniqueState } from "./RowChecks.ts"
import { judgeValue } from "./Value.ts"

/** What was counted of a run; of an input, only some of it. */
export type RunCounts = Readonly<Record<(typeof runCounts)[number], number>>
export type InputCounts = Readonly<Record<(typeof inputCounts)[number], number>> & { readonly input: string }

/** The counts of a run from what is summed up of it. */
export const countsOf = (
  { accounting, duplicates, rejected_by }: Pick<Summary, "accounting" | "duplicates" | "rejected_by">,
  { time }: Pick<Plan["validate"], "time">
): RunCounts => {
  const fields = new Set<string | null>([time.name, ...columnsOf(time.value)])
  const untimed = rejected_by.filter(({ code, field }) => code !== "time.late" && fields.has(field))
  const { accepted, filtered, in_sessions, outside, read, rejected, unique } = accounting
  const { conflicting, removed } = duplicates
  return {
    read,
    accepted,
    rejected,
    filtered,
    untimed: untimed.reduce((sum, { count }) => sum + count, 0),
    unique,
    duplicates: removed,
    conflicting,
    in_sessions: in_sessions ?? 0,
    outside
  }
}

/** The checks of a plan while the rows of its tables come in. Its functions throw `ExpressionFailed`. */
export class Checks {
  /** The rows that are looked at, with the columns that are needed of them; those of declared tables come as they are. */
  readonly needs: ReadonlyArray<Need>
  private readonly expressions: Expressions
  private readonly states: ReadonlyArray<{ readonly check: Check; readonly state: CheckState | undefined }>

  constructor(plan: Pick<Plan, "checks" | "tables" | "timezone" | "validate">, bindings: ReadonlyMap<string, string>) {
    this.expressions = new Expressions(plan.timezone, bindings)
    this.states = plan.checks.map((check) => ({ check, state: this.stateOf(check, plan) }))
    const declared = new Set(plan.tables.map(({ name }) => name))
    const needs = this.states.flatMap(({ state }) => state?.needs ?? [])
    this.needs = allNeeds(
      needs.filter(({ from }) => !declared.has(from)),
      plan.validate.user.name
    )
  }

  /** Adds rows of a table. */
  add(from: string, rows: RecordBatch): void {
    for (const { state } of this.states) {
      if (state?.needs.some((need) => need.from === from)) state.add(from, rows)
    }
  }

  /** All rows have come: what was found, in the order of the checks, of all inputs before single ones. */
  finish(judging: Judging, run: RunCounts, inputs: ReadonlyArray<InputCounts>): ReadonlyArray<Judged> {
    return this.states.flatMap(({ check, state }) => {
      if (state !== undefined) return state.finish(judging)
      return check.check === "rate" ? this.rates(check, judging, run, inputs) : []
    })
  }

  private stateOf(check: Check, { timezone, validate }: Pick<Plan, "timezone" | "validate">): CheckState | undefined {
    const place = placeOf(check)
    switch (check.check) {
      case "rate":
        return undefined
      case "expect":
        return new ExpectState(check, this.expressions, place)
      case "unique":
        return new UniqueState(check)
      case "references":
        return new ReferencesState(check)
      default:
        return new MeasuredState(check, validate.user.name, timezone, this.expressions, place)
    }
  }

  /** Of an input without records nothing is said. */
  private rates(
    check: CheckKind<"rate">,
    judging: Judging,
    run: RunCounts,
    inputs: ReadonlyArray<InputCounts>
  ): ReadonlyArray<Judged> {
    const judged = ({ input, ...counts }: Partial<RunCounts> & { readonly input?: string }) => {
      const batch = recordBatch(
        Object.entries(counts).map(([name, count]) => ({ name, data: count64(count) })),
        1
      )
      const value = namedColumn("value", this.expressions.compile(check.value, placeOf(check))(batch))
      const measured =
        check.measured === null
          ? []
          : [namedColumn("measured", this.expressions.compile(check.measured, placeOf(check))(batch))]
      const row = recordBatch([value, ...measured, { name: "n", data: count64(counts.read ?? 0) }], 1)
      const about = { ...(input === undefined ? {} : { input }), nothing: counts.read === 0 }
      return judgeValue(check, row, 0, about, judging)
    }
    const single = check.per_input ? inputs.filter(({ read }) => read > 0) : []
    return [...judged(run), ...single.flatMap(judged)]
  }
}

const placeOf = ({ name }: Check): string => `checks "${name}"`

const count64 = (count: number) => {
  const values = new BigInt64Array(1)
  storeInt64(lanes(values), 0, count)
  return int64Column(values)
}
