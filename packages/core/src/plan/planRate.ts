import { columnsOf } from "../expression/TreeNames.ts"
import type { CheckSpec } from "../spec/Checks.ts"
import type { Path } from "../spec/SpecDocument.ts"
import { oneOf } from "../spec/SpecIssues.ts"
import type { Check, Plan } from "./Plan.ts"
import { limitsOf, numberOf } from "./planMeasuredChecks.ts"
import type { Planning } from "./Planning.ts"
import { planLimits } from "./planLimits.ts"

/** What is counted of each input of a run. */
export const inputCounts = ["read", "accepted", "rejected", "filtered"] as const

/** What is counted of a run as a whole. */
export const runCounts = [
  ...inputCounts,
  "untimed",
  "unique",
  "duplicates",
  "conflicting",
  "in_sessions",
  "outside"
] as const

/** A condition or a number made of the counts of a run. */
export const planRate = (planning: Planning, plan: Plan, check: CheckSpec, path: Path): Check => {
  const { name, on, per, rate: condition = "", severity } = check
  const at = [...path, "rate"]
  if (on !== undefined) planning.problem([...path, "on"], "a rate is of the run, not of a table", { key: true })
  const names = runCounts.filter((count) => plan.sessionize !== null || count !== "in_sessions")
  const { tree: value } = planning.check(condition, at, {
    names,
    resolve: ([first, ...rest]) =>
      rest.length === 0 && (names as ReadonlyArray<string>).includes(first)
        ? { name: first, type: "int64" }
        : undefined,
    allow: { measures: false, windows: false, over: false }
  })
  const unknown = columnsOf(value).filter((column) => !(inputCounts as ReadonlyArray<string>).includes(column))
  if (per === "input" && unknown.length > 0) {
    planning.problem(at, `"${unknown[0]}" is not counted per input; expected ${oneOf(inputCounts)}`)
  }
  return {
    check: "rate",
    name,
    severity,
    limits: planLimits(planning, check, limitsOf(planning, value, check, at, "share"), path),
    value,
    measured: numberOf(value) ?? null,
    condition,
    per_input: per === "input"
  }
}
