import type { CheckSpec } from "../spec/Checks.ts"
import { durationExpected, durationMicros } from "../spec/Duration.ts"
import type { Path } from "../spec/SpecDocument.ts"
import { shown } from "../spec/SpecIssues.ts"
import type { Limit } from "./Check.ts"
import type { Planning } from "./Planning.ts"

/** What the limits of a check may be, and how one that may not be is explained. */
export interface LimitKind {
  readonly bounds: ReadonlyArray<Limit["bound"]>
  readonly of: ReadonlyArray<Limit["of"]> | "duration"
}

const bounds = ["at_least", "at_most"] as const

/** The limits of a check, amounts of durations in seconds. `path`: of the check. */
export const planLimits = (planning: Planning, check: CheckSpec, kind: LimitKind, path: Path): ReadonlyArray<Limit> =>
  bounds.flatMap((bound): ReadonlyArray<Limit> => {
    const value = check[bound]
    if (value === undefined) return []
    const place = [...path, bound]
    if (!kind.bounds.includes(bound)) {
      const hint = kind.bounds.length === 0 ? "a condition is its own limit" : `use ${kind.bounds.join(" or ")}`
      planning.problem(place, `this check has no ${bound}`, { key: true, hint })
      return []
    }
    const limit = readLimit(value, kind)
    if (limit === undefined) {
      planning.problem(place, `expected ${expected(kind)}, found ${shown(value)}`)
      return []
    }
    if (limit.of === "previous" && !Object.hasOwn(planning.spec.outputs, "history")) {
      const hint = "such as outputs: { history: { uri: checks.jsonl } }"
      planning.problem(place, "runs are compared by their history, and nothing says where it is kept", { hint })
    }
    return [{ bound, ...limit }]
  })

const readLimit = (value: number | string, { of }: LimitKind): Omit<Limit, "bound"> | undefined => {
  if (of === "duration") {
    const micros = typeof value === "string" ? durationMicros(value) : undefined
    return micros === undefined ? undefined : { amount: micros / 1e6, of: "number" }
  }
  if (typeof value === "number") return { amount: value, of: "number" }
  const [, amount, percent, previous] = /^(-?\d+(?:\.\d+)?)(?:\s?(%)(\s+of\s+previous)?)?$/.exec(value.trim()) ?? []
  if (amount === undefined) return undefined
  const kind = previous !== undefined ? "previous" : percent !== undefined ? "share" : "number"
  return of.includes(kind) ? { amount: Number(amount), of: kind } : undefined
}

const expected = ({ of }: LimitKind): string => {
  if (of === "duration") return durationExpected
  return of.includes("share") ? "a number, a share such as 5%, or 80% of previous" : "a number, or 80% of previous"
}
