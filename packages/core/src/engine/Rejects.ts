import type { RecordBatch } from "apache-arrow"
import { int64Column, int64Lanes, lanes, type NamedColumn, recordBatch, textView } from "../arrow/Columns.ts"
import { TextBuilder } from "../arrow/TextBuilder.ts"
import type { Plan } from "../plan/Plan.ts"
import { rejectFieldName } from "../plan/Tables.ts"
import { type EventBatch, position } from "../plugin/EventBatch.ts"
import { compareInt64, int64At, storeInt64 } from "../time/Int64.ts"
import type { Failure } from "./Failures.ts"
import { foundText } from "./FieldText.ts"

/**
 * The table of rejects of one batch: those of the decoder, whose fields are unknown, and those of validation, with
 * their mapped fields as found, together in the order of the input.
 */
export const rejectTable = (
  plan: Pick<Plan, "scan">,
  batch: EventBatch,
  source: string,
  failures: ReadonlyArray<Failure>
): RecordBatch => {
  const { records, rejects, raw } = batch
  const total = rejects.numRows + failures.length
  const order = inputOrder(batch, failures)
  const texts = {
    source,
    code: new TextBuilder(),
    reason: new TextBuilder(),
    field: new TextBuilder(),
    raw: new TextBuilder(true)
  }
  const fields = plan.scan.columns.map(({ name }) => ({
    name,
    view: textView(records, name),
    found: new TextBuilder(),
    /** By code, the row that has its text. */
    rowOf: new Map<number, number>()
  }))
  const positions = [position.event, position.line, position.offset].map((name) => ({
    ofRecord: int64Lanes(records, name),
    ofReject: int64Lanes(rejects, name),
    values: new BigInt64Array(total)
  }))
  const decoded = (["code", "reason", "field", "raw"] as const).map((name) => ({
    to: texts[name],
    view: textView(rejects, name)
  }))
  const offsets = int64Lanes(records, position.offset)
  const lengths = int64Lanes(records, position.length)

  for (let i = 0; i < total; i++) {
    const isDecoder = order[i] < rejects.numRows
    const row = isDecoder ? order[i] : failures[order[i] - rejects.numRows].row
    for (const { ofRecord, ofReject, values } of positions) {
      storeInt64(lanes(values), i, int64At(isDecoder ? ofReject : ofRecord, row))
    }
    if (isDecoder) {
      for (const { to, view } of decoded) {
        const code = view.codes[row]
        if (code >= 0) to.set(i, view.bytes, view.offsets[code], view.offsets[code + 1])
      }
      continue
    }
    const failure = failures[order[i] - rejects.numRows]
    texts.code.setText(i, failure.code)
    texts.reason.setText(i, failure.reason)
    texts.field.setText(i, failure.field)
    if (batch.asText !== undefined) texts.raw.setText(i, batch.asText(row))
    else {
      const start = int64At(offsets, row) - batch.rawOffset
      texts.raw.set(i, raw, start, start + int64At(lengths, row))
    }
    for (const { view, found, rowOf } of fields) {
      const code = view.codes[row]
      if (code < 0) continue
      const same = rowOf.get(code)
      if (same !== undefined) {
        found.repeat(i, same)
        continue
      }
      rowOf.set(code, i)
      const text = foundText(view, code)
      found.set(i, text, 0, text.length)
    }
  }

  const sources = new TextBuilder()
  for (let i = 0; i < total; i++) sources.setText(i, source)
  const isPlaced = batch.asText && (() => false)
  const columns: Array<NamedColumn> = [
    { name: "event", data: int64Column(positions[0].values) },
    { name: "source", data: sources.take(total) },
    { name: "line", data: int64Column(positions[1].values, isPlaced) },
    { name: "offset", data: int64Column(positions[2].values, isPlaced) },
    { name: "code", data: texts.code.take(total) },
    { name: "reason", data: texts.reason.take(total) },
    { name: "field", data: texts.field.take(total) },
    ...fields.map(({ name, found }) => ({ name: rejectFieldName(name), data: found.take(total) })),
    { name: "raw", data: texts.raw.take(total) }
  ]
  return recordBatch(columns, total)
}

/** Decoder's rejects are numbered from 0, failures after them; the numbers in the order of the input. */
const inputOrder = ({ records, rejects }: EventBatch, failures: ReadonlyArray<Failure>): Int32Array => {
  const total = rejects.numRows + failures.length
  const events = new BigInt64Array(total)
  const words = lanes(events)
  const ofReject = int64Lanes(rejects, position.event)
  const ofRecord = int64Lanes(records, position.event)
  for (let i = 0; i < rejects.numRows; i++) storeInt64(words, i, int64At(ofReject, i))
  for (const [i, { row }] of failures.entries()) storeInt64(words, rejects.numRows + i, int64At(ofRecord, row))
  const order = Int32Array.from(events.keys())
  const isOrdered = order.every((i) => i === 0 || compareInt64(words, i - 1, i) < 0)
  return isOrdered ? order : order.sort((a, b) => compareInt64(words, a, b))
}
