import { int64Lanes, textView } from "../arrow/Columns.ts"
import type { Plan, Rule } from "../plan/Plan.ts"
import { differenceMicros } from "../time/Int64.ts"
import type { OrderedEvents } from "./OrderEvents.ts"

/** Where each session begins, and why. */
export interface Sessions {
  /** The unique events, in order: rows of the events. */
  readonly rows: Int32Array
  /** Session `i` holds `rows[starts[i]]` to `rows[starts[i + 1] - 1]`; one element more than there are sessions. */
  readonly starts: Int32Array
  /** For each session, why it began: an index into {@link Sessions.causes}. */
  readonly cause: Uint8Array
  readonly causes: ReadonlyArray<string>
  /** Events that could have stood elsewhere among the user's events at that time, but for the rule of `tie`. */
  readonly ties: number
}

/** The first of the sessions, up to a number of them. */
export const firstSessions = ({ cause, causes, rows, starts, ties }: Sessions, count: number): Sessions => {
  const some = starts.subarray(0, count + 1)
  return {
    rows: rows.subarray(0, some[some.length - 1]),
    starts: some,
    cause: cause.subarray(0, some.length - 1),
    causes,
    ties
  }
}

/** One step over a user's ordered events: whether an event, given the one before it, opens a session. */
interface Step {
  readonly cause: string
  readonly opens: (previous: number, event: number) => boolean
}

/** Cuts every user's events, in order, into sessions: for the first rule that says so, or at the first event. */
export const sessionize = (
  plan: Pick<Plan, "validate"> & { readonly sessionize: { readonly rules: ReadonlyArray<Rule> } },
  { compare, events }: OrderedEvents,
  unique: Int32Array
): Sessions => {
  const users = textView(events, plan.validate.user.name).codes
  const times = int64Lanes(events, plan.validate.time.name)
  const steps = plan.sessionize.rules.map((rule) => step(rule, times))
  const starts = new Int32Array(unique.length + 1)
  const cause = new Uint8Array(unique.length)
  let sessions = 0
  let ties = 0
  for (let i = 0; i < unique.length; i++) {
    const row = unique[i]
    let opens = 0
    if (i > 0 && users[unique[i - 1]] === users[row]) {
      const previous = unique[i - 1]
      if (compare(previous, row) === 0) ties++
      opens = 1 + steps.findIndex(({ opens }) => opens(previous, row))
      if (opens === 0) continue
    }
    cause[sessions] = opens
    starts[sessions++] = i
  }
  starts[sessions] = unique.length
  return {
    rows: unique,
    starts: starts.slice(0, sessions + 1),
    cause: cause.slice(0, sessions),
    causes: ["first", ...steps.map((one) => one.cause)],
    ties
  }
}

const step = (rule: Rule, times: Int32Array): Step => {
  const { micros } = rule
  return {
    cause: rule.rule,
    opens:
      rule.boundary === "merge"
        ? (previous, event) => differenceMicros(times, event, previous) > micros
        : (previous, event) => differenceMicros(times, event, previous) >= micros
  }
}
