import {
  type Correction,
  type Decoding,
  type DecodeRequest,
  type EventBatch,
  int64At,
  int64Lanes,
  textView
} from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import { type FileSource, inputHead } from "../FileSource.ts"
import type { FormatChoice, Formats } from "../Formats.ts"
import { withPathFields } from "../PathFields.ts"
import { correctedCsv, correctedJson, decodedAll } from "./CorrectedText.ts"
import type { Fix } from "./StateFile.ts"

/** Bytes from which the format of an input is told. */
const headBytes = 1024 * 1024

/** How records of an input are read one by one: as text of a format. */
export interface RecordFormat {
  readonly formats: Formats
  readonly path: string
  readonly choice: FormatChoice
}

/** The format of an input's quarantined records. Throws `PluginError`. */
export const recordFormat = async (formats: Formats, { file, format, uri }: FileSource): Promise<RecordFormat> => {
  const head = await inputHead(formats, uri, file, format, headBytes)
  await head.file?.close()
  const { path } = file
  // What has no text of its own is kept as JSON.
  if (head.format.name === "json" || formats.isFileFormat(head.format)) {
    return { formats, path, choice: { name: "json", options: { layout: "values" } } }
  }
  return { formats, path, choice: formats.ofPieces(head.format, path, head.bytes)?.rest ?? head.format }
}

/**
 * The corrections of rejects: a field at fault gets the value of the first fix that has one and was made when the record
 * was known, then that of the next. Without a value, only what was late is tried again.
 */
export const correctionsOf = (
  format: RecordFormat,
  fixes: ReadonlyArray<Fix>,
  rejects: RecordBatch,
  request: DecodeRequest
): ReadonlyArray<Correction> => {
  const ordinals = int64Lanes(rejects, "event")
  const text = (name: string) => {
    const { codes, dictionary } = textView(rejects, name)
    return (row: number): string | null => (codes[row] < 0 ? null : dictionary.get(codes[row]))
  }
  const code = text("code")
  const raw = text("raw")
  const field = text("field")
  const found: Array<Correction> = []
  for (let row = 0; row < rejects.numRows; row++) {
    const own = fixes.filter(({ records }) => records >= int64At(ordinals, row))
    const record = raw(row)
    const kind = code(row) ?? ""
    const isLate = kind === "time.late"
    const isTried = isLate || own.some(({ values }) => Object.hasOwn(values, field(row) ?? ""))
    if (own.length === 0 || record === null || !isTried || !/^(field|time)\./.test(kind)) continue
    found.push({ row, next: correcting(format, own, record, isLate, request) })
  }
  return found
}

/** Gives the record again and again, with one more value each time. */
const correcting = (
  format: RecordFormat,
  fixes: ReadonlyArray<Fix>,
  record: string,
  isLate: boolean,
  request: DecodeRequest
): Correction["next"] => {
  const values = new Map<string, string>()
  const used = new Map<string, number>()
  let asItIs = isLate
  return (field) => {
    if (asItIs) {
      asItIs = false
      return decoded(format, record, values, request)
    }
    if (field === null) return undefined
    const from = (used.get(field) ?? -1) + 1
    const at = fixes.findIndex((fix, i) => i >= from && Object.hasOwn(fix.values, field))
    if (at < 0) return undefined
    used.set(field, at)
    values.set(field, fixes[at].values[field])
    return decoded(format, record, values, request)
  }
}

/** A record with some values corrected; undefined if it is not read as one record. */
const decoded = (
  { choice, formats, path }: RecordFormat,
  record: string,
  values: ReadonlyMap<string, string>,
  request: DecodeRequest
): EventBatch | undefined => {
  const { holds: _, ...plain } = request
  const text =
    choice.name === "json"
      ? correctedJson(record, values)
      : choice.name === "csv"
        ? correctedCsv(record, values, choice, (own) => open(formats, path, choice, { ...plain, ...own }))
        : record
  const decoding = withPathFields(values, { ...plain, continues: true }, (own) => open(formats, path, choice, own))
  const batches = decodedAll(decoding, text).filter(({ records, rejects }) => records.numRows + rejects.numRows > 0)
  return batches.length === 1 ? batches[0] : undefined
}

const open = (formats: Formats, path: string, choice: FormatChoice, request: DecodeRequest): Decoding =>
  formats.openDecoding(choice, path, new Uint8Array(0), request)
