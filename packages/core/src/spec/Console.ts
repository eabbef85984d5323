import * as Schema from "effect/Schema"
import { described, withDefault } from "./Key.ts"

/** Rows of a table that are printed unless a spec says how many. */
export const defaultRows = 1000

/** Something that a run prints. */
const Shown = Schema.Union([
  Schema.String,
  Schema.Struct({
    table: Schema.String.annotate({ description: "The table whose rows are printed" }),
    columns: described(
      Schema.NonEmptyArray(Schema.String).annotate({ expected: "a list such as [a, b]" }),
      "These columns, in this order"
    ),
    rows: withDefault(
      Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)).annotate({ expected: "a whole number from 1" }),
      defaultRows,
      "The first rows only"
    ),
    when: withDefault(Schema.Boolean, true, "Printed only if this is true, such as { param: details }")
  })
]).annotate({ expected: "a table, summary, or { table: daily, rows: 20 }" })

const List = Schema.Array(Shown).annotate({ expected: "a list such as [daily, { table: users, rows: 20 }]" })

/** What a run prints for a person; nothing with --quiet. */
export const Console = Schema.Struct({
  summary: described(
    List,
    "In place of the summary, which is one of them if it is named; not with --no-summary (default: the summary)"
  ),
  tables: withDefault(List, [], "Besides it, and with --no-summary, too")
}).annotate({ expected: "a map such as { summary: [daily], tables: [users] }" })
export type Console = typeof Console.Type
