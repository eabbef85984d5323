import { markLength, newline, openBrace, openBracket, space, tab } from "./Bytes.ts"
import { incomplete, Scanner } from "./Scanner.ts"
import { type List, Survey } from "./Survey.ts"

/** How the records stand in an input. */
export type Layout = "lines" | "values" | "array"

/** How many bytes at the beginning of an input decide about its layout. */
export const headLength = 1 << 20

export interface Decision {
  readonly layout: Layout
  /** The records are this array of the top-level object. */
  readonly list: List | undefined
  /** For a person; nothing if there is nothing to read. */
  readonly note: string | undefined
}

const notes = { lines: "JSON lines", values: "JSON values over several lines", array: "a JSON array" }

const plain = (layout: Layout): Decision => ({ layout, list: undefined, note: notes[layout] })

const wrapped = (list: List): Decision => ({
  layout: "array",
  list,
  note: `records are the array ${list.key} of the top-level object`
})

/**
 * Decides how the records stand in an input that begins with `head` and, if `isWhole`, has nothing after it. A layout
 * that was asked for stays; the array asked for may still be one inside a top-level object.
 */
export const decide = (head: Uint8Array, isWhole: boolean, asked: Layout | "auto"): Decision => {
  if (asked === "lines" || asked === "values") return plain(asked)
  const scanner = new Scanner(false)
  scanner.bytes = head
  scanner.end = head.length
  const start = scanner.skipLines(markLength(head))
  const { indent, line } = scanner
  if (start === head.length) return { ...plain(asked === "auto" ? "lines" : asked), note: undefined }
  if (head[start] !== openBrace) {
    if (asked === "array" || head[start] === openBracket) return plain("array")
    return plain(later(scanner, start, indent).layout ?? "lines")
  }
  const { end, isAmongLines, isInList, list } = new Survey(scanner, start)
  const extent = asked === "array" ? "array" : scanner.line === line ? "lines" : "values"
  if (end >= 0) {
    const isOnly = isWhole && scanner.skipLines(end) === head.length
    return isOnly && list !== undefined ? wrapped(list) : plain(extent)
  }
  const fallback = list === undefined ? plain(extent) : wrapped(list)
  if (isAmongLines || asked === "array") return fallback
  if (end === incomplete && !isWhole) return isInList ? fallback : plain(extent)
  const { isSound, layout } = later(scanner, start, indent)
  return layout !== undefined && (isSound || list === undefined) ? plain(layout) : fallback
}

/**
 * The layout by the lines after the first that open an object and are indented no more than `indent`: that of the
 * first sound object; `lines` if none is sound; nothing if there are no such lines.
 */
const later = (scanner: Scanner, start: number, indent: number) => {
  const { bytes } = scanner
  let layout: Layout | undefined
  for (let at = bytes.indexOf(newline, start) + 1; at > 0; at = bytes.indexOf(newline, at) + 1) {
    let i = at
    while (bytes[i] === space || bytes[i] === tab) i++
    if (i - at > indent || bytes[i] !== openBrace) continue
    layout = "lines"
    const { line } = scanner
    if (scanner.value(i, 0) < 0) continue
    if (scanner.line > line) layout = "values"
    return { layout, isSound: true }
  }
  return { layout, isSound: false }
}
