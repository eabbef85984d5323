import type { Row } from "@sojourn/client"
import { builtInFormats } from "@sojourn/node"
import { DataType, type RecordBatch } from "apache-arrow"

/**
 * The rows of a batch as the JSON that a download has, parsed. An int64 that a number cannot hold exactly stays the text
 * of its digits.
 */
export const rowsAsJson = (batch: RecordBatch): ReadonlyArray<Row> => {
  const encoding = builtInFormats.openEncoding({ name: "json", options: { layout: "lines" } }, "", batch.schema)
  const parts = [encoding.begin(), encoding.encode(batch), encoding.end()]
  const wide = new Set(batch.schema.fields.filter(({ type }) => DataType.isInt(type)).map(({ name }) => name))
  /** With the text of the number, which JavaScript gives as a third argument. */
  const exactly = (key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === "number" && !Number.isSafeInteger(value) && wide.has(key) ? context?.source : value
  const lines = Buffer.concat(parts).toString().split("\n")
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line, exactly) as Row)
}
