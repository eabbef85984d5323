import type { Texts } from "@sojourn/kernels"
import { textColumn, type TextView } from "../arrow/Columns.ts"
import { grown } from "../arrow/grown.ts"
import { Interner } from "../arrow/Interner.ts"
import { TextPool } from "../arrow/TextPool.ts"
import type { TextExpression } from "./TextExpression.ts"

/**
 * The fields of a batch as text, one distinct value at a time: JSON tokens are unquoted, null texts become null, and
 * values of a kind that cannot be text are marked.
 */
export interface FieldText {
  /** Per code of the column: the text's number in `values`, {@link nullText}, {@link wrongKind} or {@link noValue}. */
  readonly meaning: Int32Array
  /** Unless `lasts`, tokens that are written differently may have the same text, which then stands here twice. */
  readonly values: TextPool
  /** The next batch may go on with these values. */
  readonly lasts: boolean
}

export const nullText = -1
/** A JSON object, array or boolean where text is needed. */
export const wrongKind = -2

/** The first problem of an expression; the next are below it. */
export const noValue = -3

/** A text column, as far as its texts are to be read. */
export type ReadTexts = Omit<TextView, "dictionary">

export interface TextRules {
  /** Texts that mean null. */
  readonly nulls: ReadonlySet<string>
  /** Text of blanks alone is null. */
  readonly blankIsNull: boolean
  /** JSON objects, arrays and booleans are {@link wrongKind}; otherwise their JSON text is taken. */
  readonly scalarOnly: boolean
  /** A number written as an integral decimal loses its `.0`. */
  readonly plainIntegers: boolean
}

/** How expressions see fields. */
export const fieldRules = (nulls: ReadonlySet<string>): TextRules => ({
  nulls,
  blankIsNull: false,
  scalarOnly: false,
  plainIntegers: false
})

/** What is made of the texts of a field before they are read. */
export interface Derivation {
  readonly expression: TextExpression
  /** The rules for the field itself. */
  readonly rules: TextRules
}

/** Where the text of a value stands: `bytes[start..end)`. Used again for the next value. */
export interface TextRange {
  bytes: Uint8Array
  start: number
  end: number
}

/** Reads the texts of a field, or what is derived from them, batch by batch, each text of a growing dictionary once. */
export class FieldTexts {
  private readonly rules: TextRules
  private readonly derivation: Derivation | undefined
  private texts: Texts | undefined
  private known = none()

  constructor(rules: TextRules, derivation?: Derivation) {
    this.rules = rules
    this.derivation = derivation
  }

  /** The same object as before, with more in it, if `lasting` is the same as before. */
  read(column: ReadTexts, lasting: Texts | undefined): FieldText {
    if (lasting === undefined) {
      const meaning = new Int32Array(column.size)
      const values = new TextPool()
      this.translate(column, 0, meaning, (range) => values.add(range.bytes, range.start, range.end))
      return { meaning, values, lasts: false }
    }
    if (this.texts !== lasting) this.known = none()
    this.texts = lasting
    const { known } = this
    if (column.size > known.meaning.length) known.meaning = grown(known.meaning, column.size)
    const { values } = known
    const keep: Keep = (range, isVerbatim) => {
      known.isVerbatim &&= isVerbatim && this.derivation === undefined
      // Texts of a dictionary differ: as long as all stand as they are written, none is looked for.
      return known.isVerbatim
        ? values.add(range.bytes, range.start, range.end)
        : values.intern(range.bytes, range.start, range.end)
    }
    this.takePlain(column, lasting, keep)
    this.translate(column, known.readUpTo, known.meaning, keep)
    known.readUpTo = column.size
    return known
  }

  /** Takes over the texts that stand as they are written, many at a time, up to one that does not. */
  private takePlain(column: ReadTexts, { plain }: Texts, keep: Keep): void {
    const { derivation, known, rules } = this
    const { meaning, readUpTo: from, values } = known
    const { size } = column
    if (plain === undefined || derivation !== undefined || rules.nulls.size > 0) return
    if (!known.isVerbatim || from === size) return
    const { base, bytes, offsets, others } = plain(from, size, rules.blankIsNull, values.offsets[values.size])
    for (let i = 0; i <= others.length; i++) {
      // One that was rewritten, or is kept after all, has moved the places of the next ones.
      if (!known.isVerbatim || values.offsets[values.size] !== offsets[known.readUpTo - from]) return
      const to = i < others.length ? others[i] : size
      const own = offsets.subarray(known.readUpTo - from, to - from + 1)
      number(meaning, known.readUpTo, to, values.size)
      values.addAll(own, bytes.subarray(own[0] - base, own[own.length - 1] - base))
      known.readUpTo = to
      if (to === size) return
      translate(column, rules, to, to + 1, meaning, keep)
      known.readUpTo = to + 1
    }
  }

  private translate(column: ReadTexts, from: number, meaning: Int32Array, keep: Keep): void {
    const { derivation, rules } = this
    if (derivation === undefined) return translate(column, rules, from, column.size, meaning, keep)
    if (from === column.size) return
    const texts = new TextPool()
    translate(column, derivation.rules, from, column.size, meaning, ({ bytes, end, start }) =>
      texts.add(bytes, start, end)
    )
    const { failed, values } = derivation.expression.evaluate(
      textColumn(meaning.slice(from, column.size), texts.vector())
    )
    const numbers = new Int32Array(values.size)
    translate(values, rules, 0, values.size, numbers, keep)
    for (const [i, code] of values.codes.entries()) meaning[from + i] = code < 0 ? nullText : numbers[code]
    for (const [i, problem] of failed) meaning[from + i] = noValue - problem
  }
}

/** Keeps a text and gives its number. `isVerbatim`: no other value of the column that is verbatim has the same text. */
type Keep = (range: TextRange, isVerbatim: boolean) => number

/** What is known of a growing dictionary. `isVerbatim`: all values so far are. */
const none = () => ({
  meaning: new Int32Array(0),
  values: new Interner(),
  lasts: true as const,
  readUpTo: 0,
  isVerbatim: true
})

/** Numbers from `first` on. */
const number = (meaning: Int32Array, from: number, to: number, first: number): void => {
  for (let i = from; i < to; i++) meaning[i] = first + i - from
}

const translate = (
  column: ReadTexts,
  rules: TextRules,
  from: number,
  to: number,
  meaning: Int32Array,
  keep: Keep
): void => {
  const range = { bytes: column.bytes, start: 0, end: 0 }
  for (let code = from; code < to; code++) {
    const kind = readText(column, code, rules, range)
    meaning[code] = kind < 0 ? kind : keep(range, kind === verbatim)
  }
}

/** A text as it is written, quotes left out. */
const verbatim = 0
/** Another text, which may also be written in other ways. */
const rewritten = 1
/** Dictionaries need not find longer texts again. */
const longestFound = 0xff_ffff

/**
 * Sets `range` to the text of one value and gives {@link verbatim} or {@link rewritten}, or gives {@link nullText} or
 * {@link wrongKind}.
 */
export const readText = (column: ReadTexts, code: number, rules: TextRules, range: TextRange): number => {
  let bytes = column.bytes
  let start = column.offsets[code]
  let end = column.offsets[code + 1]
  let kind = end - start > longestFound ? rewritten : verbatim
  if (column.json) {
    const first = bytes[start]
    if (first === quote) {
      start++
      end--
      if (hasEscape(bytes, start, end)) {
        kind = rewritten
        bytes = unescaped(bytes, start - 1, end + 1)
        start = 0
        end = bytes.length
      }
    } else {
      kind = rewritten
      if (isNumber(first)) {
        if (rules.plainIntegers) end = withoutPointZero(bytes, start, end)
      } else if (rules.scalarOnly) return wrongKind
    }
  }
  if (rules.blankIsNull && isBlank(bytes, start, end)) return nullText
  if (rules.nulls.size > 0 && rules.nulls.has(decoder.decode(bytes.subarray(start, end)))) return nullText
  range.bytes = bytes
  range.start = start
  range.end = end
  return kind
}

/** The text of one value of a column, as a person would read it: for quarantine. */
export const foundText = (column: ReadTexts, code: number): Uint8Array => {
  const start = column.offsets[code]
  const end = column.offsets[code + 1]
  if (!column.json || column.bytes[start] !== quote) return column.bytes.subarray(start, end)
  return hasEscape(column.bytes, start, end)
    ? unescaped(column.bytes, start, end)
    : column.bytes.subarray(start + 1, end - 1)
}

const quote = 0x22
const backslash = 0x5c
const decoder = new TextDecoder()
const encoder = new TextEncoder()

const isNumber = (byte: number): boolean => byte === 0x2d || (byte >= 0x30 && byte <= 0x39)

const hasEscape = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) if (bytes[i] === backslash) return true
  return false
}

/** The text of a JSON string token, quotes included in the range. A lone surrogate becomes U+FFFD, as UTF-8 demands. */
const unescaped = (bytes: Uint8Array, start: number, end: number): Uint8Array =>
  encoder.encode(JSON.parse(decoder.decode(bytes.subarray(start, end))) as string)

const isBlank = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false
  }
  return true
}

/** The end of `12.00` without its point and zeros; of any other number, `end`. */
const withoutPointZero = (bytes: Uint8Array, start: number, end: number): number => {
  let i = end
  while (i > start && bytes[i - 1] === 0x30) i--
  if (i === end || bytes[i - 1] !== 0x2e) return end
  for (let j = start; j < i - 1; j++) if (bytes[j] === 0x65 || bytes[j] === 0x45) return end
  return i - 1
}
