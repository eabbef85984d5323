import { planFormat } from "./planFormat.ts"
import { noSessions, noUsers } from "./planTables.ts"
import type { Plan } from "./Plan.ts"
import type { Planning } from "./Planning.ts"
import { builtInTables, tableColumns } from "./Tables.ts"

/** What is written where; `plan` has all tables. */
export const planOutputs = (planning: Planning, plan: Plan): Plan["write"] =>
  Object.entries(planning.spec.outputs).flatMap(([table, output]) => {
    const path = ["outputs", table]
    const columns = tableColumns(plan, table)
    if (columns === undefined) {
      const builtIn = builtInTables.filter((name) => tableColumns(plan, name))
      const names = [...builtIn, ...plan.tables.map(({ name }) => name)]
      if (table === "sessions") planning.problem(path, noSessions, { key: true })
      else if (table === "users") planning.problem(path, noUsers, { key: true })
      else planning.unknown("table", table, names, path, true)
      return []
    }
    const names = columns.map(({ name }) => name)
    const chosen = output.columns ?? names
    for (const [i, name] of chosen.entries()) {
      if (!names.includes(name)) planning.unknown("column", name, names, [...path, "columns", i])
      else if (chosen.indexOf(name) < i) planning.problem([...path, "columns", i], `"${name}" stands here twice`)
    }
    return [{ table, uri: output.uri, format: planFormat(output.format), columns: chosen }]
  })
