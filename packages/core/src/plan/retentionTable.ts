import { durationMicros } from "../spec/Duration.ts"
import type { Retention } from "../spec/Retention.ts"
import type { Table } from "../spec/Table.ts"
import type { Path } from "../spec/SpecDocument.ts"
import { ColumnNames } from "./ColumnNames.ts"
import { noSessions } from "./missingTables.ts"
import type { Plan } from "./Plan.ts"
import type { Planning } from "./Planning.ts"
import { asOfColumn, tableColumns } from "./Tables.ts"

/** A retention as a table of groups of sessions, with measures of what followed them; `plan` has the sessions. */
export const retentionTable = (
  planning: Planning,
  plan: Plan,
  { by, where, window }: Retention,
  path: Path
): { readonly from: ColumnNames; readonly table: Table } => {
  if (plan.sessionize === null) planning.problem(path, noSessions, { key: true })
  const cut = plan.sessionize ?? { by: null, passive: null, rules: [], measures: [], columns: [] }
  // It looks at the session after each, whatever columns are written.
  const sessionize = { ...cut, numbering: "all" as const }
  const columns = tableColumns({ ...plan, sessionize }, "sessions") ?? []
  const sessions = new ColumnNames(columns, plan.validate, [{ name: asOfColumn, type: "timestamp" }])
  const end = `session_start + interval '${durationMicros(window) ?? 0} us'`
  const count = (condition: string) => `count(*) filter (where ${condition})`
  const retained = `next_session_start <= ${end}`
  const observable = `${end} <= ${asOfColumn}`
  const both = `${retained} and ${observable}`
  const measures = {
    sessions: "count(*)",
    retained: count(retained),
    rate: `${count(retained)} / count(*)`,
    observable: count(observable),
    observable_retained: count(both),
    observable_rate: `${count(both)} / ${count(observable)}`
  }
  return {
    from: sessions,
    table: { from: "sessions", by, columns: measures, order: [], ...(where === undefined ? {} : { where }) }
  }
}
