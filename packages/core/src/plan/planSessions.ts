import type { Tree } from "../expression/Tree.ts"
import { columnPath } from "../spec/Column.ts"
import { durationMicros } from "../spec/Duration.ts"
import type { Spec } from "../spec/Spec.ts"
import type { Path } from "../spec/SpecDocument.ts"
import { Calls } from "./Calls.ts"
import { ColumnNames, groupScope, rowScope } from "./ColumnNames.ts"
import { mapTime, noTimes } from "./missingTables.ts"
import { added, otherName } from "./planEvent.ts"
import type { Measured, Plan, Sessionize } from "./Plan.ts"
import type { Planning } from "./Planning.ts"
import type { Rule } from "./Rule.ts"
import { hasTime, mappedColumns, tableColumns } from "./Tables.ts"

type Sessions = NonNullable<Spec["sessions"]>

/** How sessions are cut, and what is told of them; `plan` has everything before. */
export const planSessions = (planning: Planning, plan: Plan): Plan["sessionize"] => {
  const { sessions } = planning.spec
  if (sessions === undefined) return null
  if (!hasTime(plan.validate)) {
    planning.problem(["sessions"], `sessions need times: ${noTimes}`, { key: true, hint: mapTime })
  }
  const events = new ColumnNames(mappedColumns(plan), plan.validate)
  const passive = sessions.passive === undefined ? null : when(planning, events, sessions.passive, "passive")
  const by = sessions.by === undefined ? null : planBy(planning, events, sessions.by)
  const rules = planRules(planning, events, sessions)
  const { numbering } = sessions
  const shape: Sessionize = { by, passive, rules, numbering, measures: [], columns: [] }
  const built = tableColumns({ ...plan, sessionize: shape }, "sessions") ?? []
  const own = planOwn(planning, plan, new ColumnNames(built, plan.validate), sessions.columns, ["sessions", "columns"])
  return { ...shape, ...own }
}

/** Columns of users over their events. */
export const planUsers = (planning: Planning, plan: Plan): Plan["users"] => {
  const { users } = planning.spec
  if (users === undefined) return null
  const built = tableColumns({ ...plan, users: { measures: [], columns: [] } }, "users") ?? []
  return planOwn(planning, plan, new ColumnNames(built, plan.validate), users.columns, ["users", "columns"])
}

/** The own columns of a table that has others already, measured over events. */
const planOwn = (
  planning: Planning,
  plan: Plan,
  built: ColumnNames,
  texts: Readonly<Record<string, string>>,
  path: Path
): Measured => {
  const user = plan.validate.user.name
  const names = built.columns.map(({ name }) => name)
  if (names.filter((name) => name === user).length > 1) {
    planning.problem(["event", "user", "as"], `"${user}" is ${added}`, { hint: otherName })
  }
  planning.distinct(
    Object.keys(texts).map((name) => ({ name, path: [...path, name], key: true })),
    new Map(names.map((name) => [name, name === user ? "the user" : added]))
  )
  const calls = new Calls(planning, plan.validate, true)
  const events = new ColumnNames(mappedColumns(plan), plan.validate)
  const scope = groupScope(built, events)
  const columns = Object.entries(texts).map(([name, text]) => {
    const at = [...path, name]
    return { name, value: calls.add(planning.check(text, at, scope), at) }
  })
  return { measures: calls.measures, columns }
}

const when = (planning: Planning, events: ColumnNames, text: string, key: keyof Sessions): Tree =>
  planning.check(text, ["sessions", key], rowScope(events, "bool")).tree

/** Given ids are session ids, which are text. */
const planBy = (planning: Planning, events: ColumnNames, name: string): string => {
  const type = events.find(name)?.type ?? "text"
  if (type !== "text") {
    planning.problem(["sessions", "by"], `"${name}" is ${type}, and the ids of sessions are text`)
  }
  return events.named(name, ["sessions", "by"], planning)
}

/** In the order in which they are asked. */
const planRules = (planning: Planning, events: ColumnNames, sessions: Sessions): ReadonlyArray<Rule> => {
  const { boundary, end, gap, max_duration, max_events, midnight, start } = sessions
  const rules: Array<Rule> = []
  if (end !== undefined) rules.push({ rule: "end", when: when(planning, events, end, "end") })
  if (start !== undefined) rules.push({ rule: "start", when: when(planning, events, start, "start") })
  if (gap !== undefined && gap !== "none") rules.push({ rule: "gap", gap: planGap(planning, events, gap), boundary })
  if (max_duration !== undefined) {
    rules.push({ rule: "max_duration", micros: durationMicros(max_duration) ?? 0, boundary })
  }
  if (max_events !== undefined) rules.push({ rule: "max_events", count: max_events })
  for (const [i, change] of sessions.change.entries()) {
    const { column, from_null = sessions.from_null } = typeof change === "string" ? { column: change } : change
    const path = ["sessions", "change", i, ...(typeof change === "string" ? [] : ["column"])]
    rules.push({ rule: "change", column: events.named(column, path, planning), from_null })
  }
  if (midnight !== undefined) {
    const timezone = midnight === true ? planning.spec.timezone : midnight
    if (midnight !== true) planning.zone(midnight, ["sessions", "midnight"])
    rules.push({ rule: "midnight", timezone })
  }
  return rules
}

const planGap = (planning: Planning, events: ColumnNames, text: string): Tree => {
  const micros = durationMicros(text)
  if (micros !== undefined) return { kind: "literal", value: String(micros), type: "interval" }
  const isWord = columnPath(text) !== undefined && events.find(text) === undefined
  if (isWord || /^\s*\d/.test(text)) {
    const expected = "none, a duration such as 30m, or an expression that gives an interval"
    planning.problem(["sessions", "gap"], `expected ${expected}, found "${text}"`)
    return { kind: "literal", value: "0", type: "interval" }
  }
  return planning.check(text, ["sessions", "gap"], rowScope(events, "interval")).tree
}
