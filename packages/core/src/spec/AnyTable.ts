import * as Schema from "effect/Schema"
import { CompareTable } from "./Compare.ts"
import { FunnelTable } from "./Funnel.ts"
import { RetentionTable } from "./Retention.ts"
import { Table } from "./Table.ts"

/** A table of any kind. */
export const AnyTable = Schema.Union([Table, FunnelTable, RetentionTable, CompareTable]).annotate({
  expected: "a map such as { from: sessions, by: [date], columns: { sessions: count(*) } }"
})
export type AnyTable = typeof AnyTable.Type
