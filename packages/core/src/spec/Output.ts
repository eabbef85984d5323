import * as Schema from "effect/Schema"
import { described, Format, Uri } from "./Key.ts"

const Columns = Schema.NonEmptyArray(Schema.String).annotate({ expected: "a list such as [a, b]" })

/** A member of a JSON document: a list of objects, or with `key` an object of them. */
const Member = Schema.Union([
  Schema.String,
  Schema.Struct({
    table: Schema.String.annotate({ description: "The table whose rows are the objects" }),
    key: described(
      Schema.String,
      "The column that names each row, which is then no part of it: the only key of its table"
    ),
    columns: described(Columns, "These columns, in this order")
  })
]).annotate({ expected: "a table, or { table: by_hour, key: hour }" })

/** What is written: a table, or several of them as one JSON document. */
export const Output = Schema.Struct({
  uri: Uri.annotate({
    description:
      "File to write, or - for standard output; with partition a directory, or with a * for the value, such as out/*.csv, the files"
  }),
  table: described(Schema.String, "The table that is written, where the output has another name"),
  document: described(
    Schema.Record(Schema.String, Member),
    "One JSON object with these members, each a table, in place of one table"
  ),
  format: described(Format, "Decided by the file ending unless given"),
  columns: described(Columns, "These columns, in this order"),
  partition: described(
    Columns,
    "Divide the rows into directories such as date=2025-11-16, or into files, named by these columns"
  )
}).annotate({ expected: "a map such as { uri: sessions.csv }" })
export type Output = typeof Output.Type
