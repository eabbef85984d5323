import type { Tree } from "../expression/Tree.ts"
import { dateOf } from "../expression/TextValue.ts"
import type { AnyTable, Plan } from "./Plan.ts"
import type { Planning } from "./Planning.ts"
import { hasTime, isOfRun, sourcesOf } from "./Tables.ts"

/** The dates that a spec is about; null where it is about all of them. */
export const planRange = (planning: Planning): Plan["range"] => {
  const { date, from, to } = planning.spec.range ?? {}
  if (date !== undefined && (from ?? to) !== undefined) {
    planning.problem(["range", "date"], '"date" is one date alone: leave it out, or "from" and "to"', { key: true })
  }
  const first = dayOf(planning, date ?? from, date === undefined ? "from" : "date")
  const last = date === undefined ? dayOf(planning, to, "to") : first
  if (first !== null && last !== null && first > last) {
    planning.problem(["range", "to"], `${String(to)} is before ${String(from)}, where the range begins`)
  }
  return first === null && last === null ? null : { from: first, to: last }
}

const dayOf = (planning: Planning, text: string | undefined, key: string): number | null => {
  if (text === undefined) return null
  const day = dateOf(text)
  if (day === undefined) planning.problem(["range", key], `expected a date such as 2025-11-16, found "${text}"`)
  return day ?? 0
}

/** Reports outputs whose rows of some dates cannot be told, or replaced, without those of all others. */
export const checkRange = (planning: Planning, plan: Plan, writes: Plan["write"]): void => {
  if (plan.range === null) return
  if (!hasTime(plan.validate)) {
    planning.problem(["range"], 'there are no dates: the spec has no "event.time"', { key: true })
    return
  }
  for (const { output, partition, table } of writes) {
    const isOfThisRun = isOfRun(table) && !plan.tables.some(({ name }) => name === table)
    if (isOfThisRun) continue
    const dates = datedColumns(plan, table).dates
    if (partition.some((name) => dates.has(name))) continue
    const path = ["outputs", output]
    if (partition.length === 0) {
      const hint = "divide it by date: partition: [date]"
      planning.problem(path, `with a range the output "${output}" would lose its other dates`, { key: true, hint })
    } else {
      const hint = `expected in partition, and in "by", a column such as date(${plan.validate.time.name}) or the date of sessions`
      const message = `with a range the output "${output}" has to be divided by the date of what its rows are made from`
      planning.problem([...path, "partition"], message, { hint })
    }
  }
}

/** Columns that tell of each row when all that it is made from happened: as an instant, or as its date. */
interface Dated {
  readonly instants: ReadonlySet<string>
  readonly dates: ReadonlySet<string>
}

const none: Dated = { instants: new Set(), dates: new Set() }

const datedColumns = (plan: Plan, name: string): Dated => {
  const table = plan.tables.find((one) => one.name === name)
  if (table !== undefined) return datedOf(plan, table)
  if (name === "events") return { instants: new Set([plan.validate.time.name]), dates: new Set() }
  if (name === "sessions") return { instants: new Set(["session_start"]), dates: new Set(["date"]) }
  return none
}

/** A row, or a group whose key is the date, is made from what is of that date, unless it looks at others beside it. */
const datedOf = (plan: Plan, table: AnyTable): Dated => {
  if (table.kind !== "table" || table.windows.length > 0 || table.limit !== null) return none
  const sources = sourcesOf(table).map((from) => datedColumns(plan, from))
  const isIn = (key: keyof Dated, tree: Tree) =>
    tree.kind === "column" && sources.every((source) => source[key].has(tree.name))
  const isDate = (tree: Tree): boolean =>
    isIn("dates", tree) ||
    (tree.kind === "call" &&
      tree.type === "date" &&
      ["date", "cast", "try_cast"].includes(tree.function) &&
      isIn("instants", tree.arguments[0]))
  const columns = table.grouped ? table.by : table.columns
  const named = (isDated: (tree: Tree) => boolean) =>
    new Set(columns.flatMap(({ name, value }) => (isDated(value) ? [name] : [])))
  return { instants: named((tree) => isIn("instants", tree)), dates: named(isDate) }
}
