import * as Schema from "effect/Schema"

/** Text in Markdown, with values of the first row of a table between its parts. */
const Text = Schema.Struct({
  part: Schema.Literal("text"),
  spans: Schema.Array(Schema.Union([Schema.String, Schema.Struct({ table: Schema.String, column: Schema.String })]))
})

const block = { title: Schema.NullOr(Schema.String), from: Schema.String }

const Table = Schema.Struct({
  part: Schema.Literal("table"),
  ...block,
  columns: Schema.Array(Schema.String),
  rows: Schema.Int
})
export type ReportTable = typeof Table.Type

/** `y` of a histogram is empty: it counts the values of `x`. A funnel has one `y`. */
const Chart = Schema.Struct({
  part: Schema.Literal("chart"),
  ...block,
  kind: Schema.Literals(["line", "bar", "histogram", "funnel"]),
  x: Schema.String,
  y: Schema.Array(Schema.String)
})
export type ReportChart = typeof Chart.Type

/** A document for people, made from the tables of a run. `run` is a table of one row: see `runTableColumns`. */
export const Report = Schema.Struct({
  name: Schema.String,
  title: Schema.String,
  uris: Schema.Array(Schema.String),
  parts: Schema.Array(Schema.Union([Text, Table, Chart]))
})
export type Report = typeof Report.Type

/** The form of a report, by the ending of its file; undefined where there is none. */
export const reportForm = (uri: string): "html" | "markdown" | undefined => {
  if (/\.html?$/i.test(uri)) return "html"
  return /\.(?:md|markdown)$/i.test(uri) ? "markdown" : undefined
}
