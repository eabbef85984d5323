import type { JsonPath } from "./JsonPath.ts"

/** JSON read as text, so that numbers keep their digits. Strict RFC 8259; of equal keys the last wins. */

/** A value in a text that is known to be JSON: `text[start..end)`. */
interface Span {
  readonly start: number
  readonly end: number
}

const maxDepth = 512
const quote = 0x22
const backslash = 0x5c

const blanks = /[ \t\n\r]*/y
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const escape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y
const word = /true|false|null/y

const skip = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}

/** The end of the string that begins at `at`, or -1. */
const skipString = (text: string, at: number): number => {
  let i = at + 1
  for (; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === quote) return i + 1
    if (unit < 0x20) return -1
    if (unit !== backslash) continue
    i = skip(escape, text, i) - 1
    if (i < 0) return -1
  }
  return -1
}

/** The end of the value that begins at `at`, or -1. */
const skipValue = (text: string, at: number, depth: number): number => {
  switch (text[at]) {
    case '"':
      return skipString(text, at)
    case "{":
      return skipMembers(text, at, depth)
    case "[":
      return skipElements(text, at, depth)
    case "t":
    case "f":
    case "n":
      return skip(word, text, at)
    default:
      return skip(number, text, at)
  }
}

type Visit = (value: Span, key: string) => void

/** The end of the object that begins at `at`, or -1; `visit` is given every member. */
const skipMembers = (text: string, at: number, depth: number, visit?: Visit): number => {
  if (depth > maxDepth) return -1
  let i = skip(blanks, text, at + 1)
  if (text[i] === "}") return i + 1
  for (;;) {
    if (text[i] !== '"') return -1
    const keyEnd = skipString(text, i)
    if (keyEnd < 0) return -1
    const colon = skip(blanks, text, keyEnd)
    if (text[colon] !== ":") return -1
    const start = skip(blanks, text, colon + 1)
    const end = skipValue(text, start, depth + 1)
    if (end < 0) return -1
    visit?.({ start, end }, stringOf(text, i, keyEnd))
    i = skip(blanks, text, end)
    if (text[i] === "}") return i + 1
    if (text[i] !== ",") return -1
    i = skip(blanks, text, i + 1)
  }
}

/** The end of the array that begins at `at`, or -1; `visit` is given every element. */
const skipElements = (text: string, at: number, depth: number, visit?: Visit): number => {
  if (depth > maxDepth) return -1
  let i = skip(blanks, text, at + 1)
  if (text[i] === "]") return i + 1
  for (;;) {
    const end = skipValue(text, i, depth + 1)
    if (end < 0) return -1
    visit?.({ start: i, end }, "")
    i = skip(blanks, text, end)
    if (text[i] === "]") return i + 1
    if (text[i] !== ",") return -1
    i = skip(blanks, text, i + 1)
  }
}

/** What a string token says. */
const stringOf = (text: string, start: number, end: number): string => {
  const inner = text.slice(start + 1, end - 1)
  return inner.includes("\\") ? (JSON.parse(text.slice(start, end)) as string).toWellFormed() : inner
}

/** The one value that the text is, blanks around it aside. */
const root = (text: string): Span | undefined => {
  const start = skip(blanks, text, 0)
  const end = skipValue(text, start, 1)
  return end >= 0 && skip(blanks, text, end) === text.length ? { start, end } : undefined
}

const member = (text: string, { start }: Span, name: string): Span | undefined => {
  let found: Span | undefined
  if (text[start] === "{") skipMembers(text, start, 1, (value, key) => void (key === name && (found = value)))
  return found
}

const element = (text: string, { start }: Span, index: number): Span | undefined => {
  let found: Span | undefined
  let at = 0
  if (text[start] === "[") skipElements(text, start, 1, (value) => void (at++ === index && (found = value)))
  return found
}

/** A token without the blanks between its parts. */
const compact = (text: string, { start, end }: Span): string => {
  const token = text.slice(start, end)
  return /[ \t\n\r]/.test(token) ? token.replace(/("(?:[^"\\]|\\.)*")|[ \t\n\r]+/g, "$1") : token
}

/** The token of a JSON text without blanks between its parts; `undefined` if it is no JSON. */
export const jsonOf = (text: string): string | undefined => {
  const span = root(text)
  return span === undefined ? undefined : compact(text, span)
}

/** The token at a path in a JSON text; `undefined` if there is none, or the text is no JSON. */
export const jsonAt = (text: string, path: JsonPath): string | undefined => {
  let span = root(text)
  for (const step of path) {
    if (span === undefined) return undefined
    span = typeof step === "number" ? element(text, span, step) : member(text, span, step)
  }
  return span === undefined ? undefined : compact(text, span)
}

/** A token as text: a string without its quotes, `null` as undefined, everything else as it is. */
export const tokenText = (token: string): string | undefined => {
  if (token.startsWith('"')) return stringOf(token, 0, token.length)
  return token === "null" ? undefined : token
}

const typedValues = ["string_value", "int_value", "double_value", "float_value"]

/**
 * The value of a key in an array of `{"key": …, "value": …}` or `{"name": …, "value": …}`, as text; the first pair of
 * that key counts. A value may stand under its type, as in `{"value": {"int_value": 1}}`.
 */
export const pairText = (text: string, wanted: string): string | undefined => {
  const span = root(text)
  if (span === undefined || text[span.start] !== "[") return undefined
  let found: Span | undefined
  skipElements(text, span.start, 1, (pair) => {
    if (found !== undefined || text[pair.start] !== "{") return
    const key = member(text, pair, "key") ?? member(text, pair, "name")
    if (key !== undefined && tokenText(text.slice(key.start, key.end)) === wanted) {
      found = member(text, pair, "value") ?? { start: 0, end: 0 }
    }
  })
  if (found === undefined || found.end === 0) return undefined
  const value = found
  for (const type of typedValues) {
    const typed = member(text, value, type)
    const typedText = typed === undefined ? undefined : tokenText(compact(text, typed))
    if (typedText !== undefined) return typedText
  }
  const names = typedValues.some((type) => member(text, value, type) !== undefined)
  return names ? undefined : tokenText(compact(text, value))
}
