import type { Fault } from "@sojourn/client"
import type { Limits } from "../Options.ts"

/** An event as it is stored: its id, and its text on one line, digits and all as they came. */
export interface EventRecord {
  readonly id: string
  readonly text: string
}

type Bounds = Pick<Limits, "recordBytes" | "nesting">

const mostFaults = 20

/**
 * The events of a body: one JSON object, an array of them, or one a line. All that is wrong is said, record by record;
 * a body with a fault gives no events.
 */
export const readRecords = (
  body: string,
  kind: "json" | "lines",
  idField: string,
  bounds: Bounds
): { readonly records: ReadonlyArray<EventRecord> } | { readonly faults: ReadonlyArray<Fault> } => {
  const records: Array<EventRecord> = []
  const faults: Array<Fault> = []
  const texts = kind === "lines" ? linesOf(body) : valuesOf(body)
  for (const [i, text] of texts.entries()) {
    const read = readRecord(text, idField, bounds)
    if (!("message" in read)) records.push(read)
    else if (faults.push({ record: i + 1, ...read }) === mostFaults) break
  }
  return faults.length > 0 ? { faults } : { records }
}

const readRecord = (
  text: string,
  idField: string,
  { nesting, recordBytes }: Bounds
): EventRecord | Omit<Fault, "record"> => {
  if (text.length > recordBytes || Buffer.byteLength(text) > recordBytes) {
    return { message: `longer than ${recordBytes.toLocaleString("en")} bytes` }
  }
  if (isDeeper(text, nesting)) return { message: `nested deeper than ${nesting} levels` }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { message: `no valid JSON: ${(error as Error).message.slice(0, 200)}` }
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { message: "expected an object" }
  const id: unknown = Object.hasOwn(value, idField) ? (value as Record<string, unknown>)[idField] : undefined
  if (id === undefined || id === null || id === "") return { field: idField, message: "the id is missing" }
  if (typeof id !== "string" && typeof id !== "number") {
    return { field: idField, message: "expected a text or a number as the id" }
  }
  // A newline stands between two parts of a JSON text only, never in a string.
  return { id: String(id), text: text.trim().replaceAll(/[\r\n]+/g, " ") }
}

/** The id of a stored event. */
export const idOf = (text: string, idField: string): string =>
  String((JSON.parse(text) as Record<string, unknown>)[idField])

const linesOf = (body: string): ReadonlyArray<string> => body.split("\n").filter((line) => line.trim() !== "")

/** The elements of an array as they are written, or the whole. What is no valid array is left to be found so. */
const valuesOf = (body: string): ReadonlyArray<string> => {
  const text = body.trim()
  if (!text.startsWith("[") || !text.endsWith("]")) return [text]
  const values: Array<string> = []
  let start = 1
  for (const { at, character, depth } of marks(text)) {
    const isLast = depth === 0 && at === text.length - 1
    if (!isLast && depth === 0) return [text]
    if (!isLast && !(character === "," && depth === 1)) continue
    const value = text.slice(start, at)
    if (!(isLast && values.length === 0 && value.trim() === "")) values.push(value)
    start = at + 1
  }
  return start === text.length ? values : [text]
}

const isDeeper = (text: string, most: number): boolean => {
  // Few brackets are no deep nesting, wherever they stand.
  if ((text.match(/[[{]/g)?.length ?? 0) <= most) return false
  for (const { depth } of marks(text)) if (depth > most) return true
  return false
}

/** The brackets and commas of a JSON text outside of its strings, with the depth after each. */
const marks = function* (text: string) {
  let depth = 0
  let isInside = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (isInside) {
      if (character === "\\") at++
      else if (character === '"') isInside = false
    } else if (character === '"') isInside = true
    else if (openers.includes(character)) yield { at, character, depth: ++depth }
    else if (closers.includes(character)) yield { at, character, depth: --depth }
    else if (character === ",") yield { at, character, depth }
  }
}

const openers = "[{"
const closers = "]}"
