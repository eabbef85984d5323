import * as Schema from "effect/Schema"
import { described, Uri, withDefault } from "./Key.ts"

/** What a run found, for people: a template in Markdown whose blocks are tables and charts. */
const Report = Schema.Struct({
  uri: Schema.Union([Uri, Schema.NonEmptyArray(Uri)]).annotate({
    expected: "a path that ends in .html or .md, or a list of such paths",
    description: "File to write: a page (.html), or Markdown (.md); or a list of them"
  }),
  title: described(Schema.NonEmptyString, "Title of the page (default: the name of the spec)"),
  template: Schema.Union([
    Schema.NonEmptyString,
    Schema.Struct({ file: Schema.NonEmptyString.annotate({ description: "Its path from the folder of this spec" }) })
  ]).annotate({
    expected: "a text in Markdown, or { file: report.md }",
    description:
      "Markdown with {{ table.column }} for a value of the first row, and with blocks of tables and charts: see docs/spec.md"
  })
}).annotate({ expected: "a map such as { uri: report.html, template: … }" })

/** Reports, by name. */
export const Reports = Schema.Record(Schema.String, Report)

/** A block of a template that is fenced as `table`. */
export const TableBlock = Schema.Struct({
  from: Schema.String,
  title: Schema.optionalKey(Schema.String),
  columns: Schema.optionalKey(
    Schema.NonEmptyArray(Schema.String).annotate({ expected: "a list such as [date, sessions]" })
  ),
  rows: withDefault(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 })).annotate({
      expected: "a whole number from 1 to 1000"
    }),
    50,
    "How many rows are shown"
  )
})

const Columns = Schema.Union([Schema.String, Schema.NonEmptyArray(Schema.String)]).annotate({
  expected: "a column, or a list such as [sessions, users]"
})

/** A block of a template that is fenced as `chart`. */
export const ChartBlock = Schema.Struct({
  kind: Schema.Literals(["line", "bar", "histogram", "funnel"]),
  from: Schema.String,
  title: Schema.optionalKey(Schema.String),
  x: Schema.String,
  y: Schema.optionalKey(Columns)
})
