import { planFormat } from "./planFormat.ts"
import { noSessions, noUsers } from "./missingTables.ts"
import type { Plan } from "./Plan.ts"
import type { ValueType } from "../expression/Tree.ts"
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
    const partition: ReadonlyArray<string> = output.partition ?? []
    for (const [i, name] of partition.entries()) {
      const place = [...path, "partition", i]
      const type = columns.find((column) => column.name === name)?.type
      if (!chosen.includes(name)) planning.unknown("column", name, chosen, place)
      else if (partition.indexOf(name) < i) planning.problem(place, `"${name}" stands here twice`)
      else if (type !== undefined && !partitionTypes.includes(type)) {
        planning.problem(place, `rows cannot be divided by "${name}", a ${type}; expected ${partitionTypes.join(", ")}`)
      }
    }
    if (partition.length > 0 && chosen.every((name) => partition.includes(name))) {
      planning.problem([...path, "partition"], "no column is left for the files")
    }
    return [{ table, uri: output.uri, format: planFormat(output.format), columns: chosen, partition }]
  })

/** Types whose values are few enough, and have one text each. */
const partitionTypes: ReadonlyArray<ValueType> = ["text", "date", "int64", "bool"]
