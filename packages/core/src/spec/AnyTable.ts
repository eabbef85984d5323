import * as Schema from "effect/Schema"
import { AttributionTable } from "./Attribution.ts"
import { CompareTable } from "./Compare.ts"
import { FunnelTable } from "./Funnel.ts"
import { RetentionTable } from "./Retention.ts"
import { Table } from "./Table.ts"

/** A table of any kind. */
export const AnyTable = Schema.Union([Table, FunnelTable, RetentionTable, CompareTable, AttributionTable]).annotate({
  expected: "a map such as { from: sessions, by: [date], columns: { sessions: count(*) } }"
})
export type AnyTable = typeof AnyTable.Type
