import type { Plan } from "./Plan.ts"

/** Plans that follow one another and read the same, as one. */
export interface JoinedPlan {
  /** Makes the tables of all parts. */
  readonly plan: Plan
  /** The outputs of the joined plan are those of its parts, in their order. */
  readonly parts: readonly [Plan, ...ReadonlyArray<Plan>]
}

/**
 * Joins neighbours that take the same events from the same inputs, so that they are read once. A plan that judges its tables, or
 * tells what came of the run, is joined only to those before it; one whose inputs a plan before it writes to none of them.
 */
export const joinPlans = (plans: ReadonlyArray<Plan>): ReadonlyArray<JoinedPlan> => {
  const joined: Array<JoinedPlan> = []
  for (const plan of plans) {
    const last = joined.at(-1)
    if (last === undefined || !canJoin(last, plan)) joined.push({ plan, parts: [plan] })
    else joined[joined.length - 1] = { plan: together(last.plan, plan), parts: [...last.parts, plan] }
  }
  return joined
}

const canJoin = ({ parts, plan }: JoinedPlan, next: Plan): boolean =>
  parts.every(isPlain) &&
  same(eventsOf(plan), eventsOf(next)) &&
  next.tables.every((table) => plan.tables.every((other) => other.name !== table.name || same(other, table))) &&
  !plan.write.some(({ uri }) => next.scan.inputs.some((input) => overlap(uri, input.uri)))

/** All that decides which events there are, and of which users and sessions: a plan that makes nothing of them. */
const eventsOf = (plan: Plan): Plan => ({
  ...plan,
  bindings: [],
  checks: [],
  print: null,
  reports: [],
  tables: [],
  write: []
})

const isPlain = ({ checks, late, print, range, reports }: Plan): boolean =>
  checks.length === 0 && reports.length === 0 && print === null && late === null && range === null

const together = (plan: Plan, next: Plan): Plan => ({
  ...next,
  tables: [...plan.tables, ...next.tables.filter(({ name }) => !plan.tables.some((table) => table.name === name))],
  bindings: [...new Set([...plan.bindings, ...next.bindings])].sort(),
  write: [...plan.write, ...next.write]
})

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Whether what is written to one uri may be read from the other: one of them, as far as it is no pattern, is above the other. */
const overlap = (output: string, input: string): boolean => {
  const [a, b] = [output, input].map(fixedParts)
  return isRooted(output) !== isRooted(input) || a.every((part, i) => i >= b.length || part === b[i])
}

/** Whether a path begins at the root of its disk, or store: where another is below, if it does not, is not known here. */
const isRooted = (uri: string): boolean => /^([/\\]|[a-z][a-z0-9+.-]*:)/i.test(uri)

/** The parts of a path before the first that is a pattern; none of one that leads up again. */
const fixedParts = (uri: string): ReadonlyArray<string> => {
  const parts = uri.split(/[/\\]+/).filter((part) => part !== "." && part !== "")
  if (parts.includes("..")) return []
  const pattern = parts.findIndex((part) => /[*?{[]/.test(part))
  return pattern < 0 ? parts : parts.slice(0, pattern)
}
