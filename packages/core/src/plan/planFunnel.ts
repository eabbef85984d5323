import { durationMicros } from "../spec/Duration.ts"
import type { Funnel } from "../spec/Funnel.ts"
import { ColumnNames, rowScope } from "./ColumnNames.ts"
import { depthColumns, type FunnelEntered, type FunnelSteps } from "./Funnel.ts"
import { mapTime, noSessions, noTimes } from "./missingTables.ts"
import type { Plan } from "./Plan.ts"
import { added } from "./planEvent.ts"
import type { Planning } from "./Planning.ts"
import { hasTime, tableColumns } from "./Tables.ts"

/** Steps are bits of a whole number while a funnel is computed. */
const mostSteps = 30

/** The two tables of a funnel; `plan` has events and sessions. */
export const planFunnel = (
  planning: Planning,
  plan: Plan,
  name: string,
  funnel: Funnel
): readonly [FunnelEntered, FunnelSteps] => {
  const path = ["tables", name, "funnel"]
  const events = new ColumnNames(tableColumns(plan, "events") ?? [], plan.validate)
  if (!hasTime(plan.validate)) planning.problem(path, `a funnel needs times: ${noTimes}`, { key: true, hint: mapTime })
  if (funnel.within === "session" && plan.sessionize === null) planning.problem([...path, "within"], noSessions)

  const steps = Object.entries(funnel.steps).map(([step, text]) => {
    const at = [...path, "steps", step]
    // Maps put such keys first, wherever they are written.
    if (/^\d+$/.test(step)) planning.problem(at, `a step has a word as its name, not the number ${step}`, { key: true })
    return { name: step, value: planning.check(text, at, rowScope(events, "bool")).tree }
  })
  if (steps.length < 2 || steps.length > mostSteps) {
    planning.problem([...path, "steps"], `a funnel has 2 to ${mostSteps} steps, found ${steps.length}`)
  }
  const columns = Object.entries(funnel.columns).map(([column, text]) => ({
    name: column,
    value: planning.check(text, [...path, "columns", column], rowScope(events)).tree
  }))
  planning.distinct(
    [
      { name: plan.validate.user.name, path },
      ...steps.map((step) => ({ name: step.name, path: [...path, "steps", step.name], key: true })),
      ...columns.map((column) => ({ name: column.name, path: [...path, "columns", column.name], key: true }))
    ],
    new Map(["session_id", ...depthColumns.map((column) => column.name)].map((column) => [column, added]))
  )
  const entered: FunnelEntered = {
    kind: "funnel_entered",
    name: `${name}_entered`,
    from: "events",
    where:
      funnel.where === undefined
        ? null
        : planning.check(funnel.where, [...path, "where"], rowScope(events, "bool")).tree,
    steps,
    within: funnel.within,
    window: funnel.window === undefined ? null : (durationMicros(funnel.window) ?? 0),
    order: funnel.order,
    columns
  }
  return [entered, { kind: "funnel_steps", name, from: entered.name, steps: steps.map((step) => step.name) }]
}
