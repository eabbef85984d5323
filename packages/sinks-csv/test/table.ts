import {
  boolColumn,
  doubleColumn,
  int64Column,
  recordBatch,
  TextBuilder,
  timestampColumn,
  utf8Column
} from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import * as Schema from "effect/Schema"

const Text = Schema.Array(
  Schema.Literals([
    "a",
    "1",
    ",",
    ";",
    "\t",
    "|",
    '"',
    "\\",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\u0001",
    "é",
    "\u{1f600}",
    "null"
  ])
).check(Schema.isMaxLength(5))

/** A row of a random table; text in pieces. */
export const Row = Schema.Struct({
  user: Schema.NullOr(Text),
  id: Text,
  count: Schema.NullOr(Schema.Int),
  score: Schema.NullOr(Schema.Finite),
  millis: Schema.Int.check(Schema.isBetween({ minimum: -62_135_596_800_000, maximum: 253_402_300_799_999 })),
  open: Schema.Boolean
})
export const Rows = Schema.Array(Row).check(Schema.isMaxLength(12))
export type Row = typeof Row.Type

const encoder = new TextEncoder()

export const tableOf = (rows: ReadonlyArray<Row>): RecordBatch => {
  const users = new TextBuilder()
  for (const [row, { user }] of rows.entries()) if (user !== null) users.setText(row, user.join(""))
  const ids = rows.map(({ id }) => encoder.encode(id.join("")))
  const offsets = new Int32Array(rows.length + 1)
  for (const [row, id] of ids.entries()) offsets[row + 1] = offsets[row] + id.length
  return recordBatch(
    [
      { name: "user", data: users.take(rows.length) },
      { name: "id", data: utf8Column(offsets, Uint8Array.from(ids.flatMap((id) => [...id]))) },
      {
        name: "count",
        data: int64Column(
          BigInt64Array.from(rows, ({ count }) => BigInt(count ?? 0)),
          (row) => rows[row].count !== null
        )
      },
      {
        name: "score",
        data: doubleColumn(
          Float64Array.from(rows, ({ score }) => score ?? 0),
          (row) => rows[row].score !== null
        )
      },
      { name: "time", data: timestampColumn(BigInt64Array.from(rows, ({ millis }) => BigInt(millis) * 1000n)) },
      { name: "open", data: boolColumn(rows.length, (row) => rows[row].open) }
    ],
    rows.length
  )
}

export const timeText = (millis: number): string => new Date(millis).toISOString().replace(".000Z", "Z")
