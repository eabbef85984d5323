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
  /** For a person. */
  readonly note: string
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
  if (head[start] !== openBrace) {
    if (asked === "array" || head[start] === openBracket) return plain("array")
    return plain(laterLayout(scanner, start, indent) ?? "lines")
  }
  const { end, isAmongLines, isInList, list } = new Survey(scanner, start)
  const byExtent = plain(asked === "array" ? "array" : scanner.line === line ? "lines" : "values")
  if (end >= 0) {
    const isOnly = isWhole && scanner.skipLines(end) === head.length
    return isOnly && list !== undefined ? wrapped(list) : byExtent
  }
  const isCut = end === incomplete && !isWhole
  const inList = isInList && list !== undefined ? wrapped(list) : undefined
  if (isCut || isAmongLines || asked === "array") return inList ?? byExtent
  const later = laterLayout(scanner, start, indent)
  return later === undefined ? (inList ?? byExtent) : plain(later)
}

/** The layout of the first sound object that begins a line after the first, indented no more than `indent`. */
const laterLayout = (scanner: Scanner, start: number, indent: number): Layout | undefined => {
  const { bytes } = scanner
  for (let at = bytes.indexOf(newline, start) + 1; at > 0; at = bytes.indexOf(newline, at) + 1) {
    let i = at
    while (bytes[i] === space || bytes[i] === tab) i++
    if (i - at > indent || bytes[i] !== openBrace) continue
    const { line } = scanner
    if (scanner.value(i, 0) >= 0) return scanner.line === line ? "lines" : "values"
  }
  return undefined
}
