import { type Console, defaultRows } from "../spec/Console.ts"
import type { Path } from "../spec/SpecDocument.ts"
import type { Plan, Print } from "./Plan.ts"
import type { Planning } from "./Planning.ts"
import { chosenColumns, columnsOf } from "./planOutputs.ts"

/** What is printed; `plan` has all tables. */
export const planPrint = (planning: Planning, plan: Plan): Plan["print"] => {
  const { console } = planning.spec
  if (console === undefined) return null
  return {
    summary: planItems(planning, plan, console.summary ?? ["summary"], ["console", "summary"]),
    tables: planItems(planning, plan, console.tables, ["console", "tables"])
  }
}

const planItems = (planning: Planning, plan: Plan, items: Console["tables"], path: Path): Print["summary"] =>
  items.flatMap((item, i): Print["summary"] => {
    const at = [...path, i]
    // A table of this name would be the one that is meant.
    if (item === "summary" && !plan.tables.some(({ name }) => name === item)) return [item]
    const { columns: asked, rows, table, when } = typeof item === "string" ? { ...shown, table: item } : item
    const columns = columnsOf(planning, plan, table, typeof item === "string" ? at : [...at, "table"])
    if (columns === undefined) return []
    const chosen = chosenColumns(planning, columns, asked, [...at, "columns"])
    return when ? [{ table, columns: chosen, rows }] : []
  })

const shown = { columns: undefined, rows: defaultRows, when: true }
