import { type DecodeRequest, type Decoding, type EventBatch, textView } from "@sojourn/core"
import type { FormatChoice } from "../Formats.ts"

type Values = ReadonlyMap<string, string>

/**
 * The text of a JSON record in which fields have other values, all of them texts; everything else stays as it is written,
 * so that the record is the same as others that are written like it. A field is found by its whole name, else by its path.
 */
export const correctedJson = (record: string, values: Values): string => {
  const root = parsed(record)
  if (!isObject(root)) return record
  for (const [path, value] of values) {
    const segments = Object.hasOwn(root, path) ? [path] : path.split(".")
    const name = segments.pop() ?? path
    let at = root
    for (const segment of segments) {
      const next = Object.hasOwn(at, segment) ? at[segment] : undefined
      at = isObject(next) ? next : define(at, segment, {})
    }
    define(at, name, value)
  }
  return JSON.stringify(root)
}

/** Data never becomes the prototype of an object. */
const define = <A>(object: object, name: string, value: A): A => {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
  return value
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !json.isRawJSON(value)

/** JSON with the source of every value that is no object or array, as it is written (ECMAScript 2025). */
const json = JSON as unknown as {
  readonly rawJSON: (text: string) => unknown
  readonly isRawJSON: (value: unknown) => boolean
  readonly parse: (
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown
  ) => unknown
}

const parsed = (record: string): unknown => {
  try {
    return json.parse(record, (_, value, { source }) => (source === undefined ? value : json.rawJSON(source)))
  } catch {
    return undefined
  }
}

/** The text of a CSV record in which fields have other values, by the names in its header. */
export const correctedCsv = (
  record: string,
  values: Values,
  { options }: FormatChoice,
  open: (request: Pick<DecodeRequest, "columns" | "digest">) => Decoding
): string => {
  const names = options.header
  if (!Array.isArray(names)) return record
  const columns = (names as ReadonlyArray<string>).map((name) => ({ name, path: name }))
  const [batch] = decodedAll(open({ columns, digest: false }), record)
  if (batch === undefined || batch.records.numRows !== 1) return record
  const cells = columns.map(({ name }) => {
    const { codes, dictionary } = textView(batch.records, name)
    const found = codes[0] < 0 ? null : dictionary.get(codes[0])
    return values.get(name) ?? found
  })
  const delimiter = typeof options.delimiter === "string" ? options.delimiter : ","
  return cells.map((cell) => (cell === null ? "" : `"${cell.replaceAll('"', '""')}"`)).join(delimiter)
}

/** All batches of a text. */
export const decodedAll = (decoding: Decoding, text: string): ReadonlyArray<EventBatch> => [
  ...decoding.push(new TextEncoder().encode(`${text}\n`)),
  ...decoding.end()
]
