import { compileLike } from "../Like.ts"
import {
  as,
  type CallContext,
  type Kernel,
  longAt,
  type MakeKernel,
  plain,
  textAt,
  toBool,
  toLong,
  toText
} from "./Kernel.ts"
import { maskOf, placesOf, textsOf } from "../Values.ts"
import { TextList } from "./Kernel.ts"

const ofText = (f: (text: string) => string): MakeKernel =>
  plain(
    toText(([value]) => {
      const text = textAt(value)
      return (row) => f(text(row))
    })
  )

const test = (f: (text: string, other: string) => boolean): MakeKernel =>
  plain(
    toBool(([value, other]) => {
      const text = textAt(value)
      const part = textAt(other)
      return (row) => f(text(row), part(row))
    })
  )

const leftBlanks = /^ +/
const withoutRight = (text: string): string => {
  let end = text.length
  while (end > 0 && text[end - 1] === " ") end--
  return text.slice(0, end)
}
const withoutLeft = (text: string): string => text.replace(leftBlanks, "")

/** Code points, not UTF-16 units. */
const lengthOf = (text: string): number => {
  let length = text.length
  for (let i = 0; i + 1 < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit < 0xdc00) length--
  }
  return length
}

const length: Kernel = toLong(([value]) => {
  const text = textAt(value)
  return (row) => lengthOf(text(row))
})

/**
 * Code points from `from` (1 is the first, -1 the last, 0 the place before the first), `count` of them or, where that is
 * negative, the ones before. What lies outside the text is left out.
 */
const substr = (text: string, from: number, count: number): string => {
  const points = [...text]
  const start = from > 0 ? from - 1 : from < 0 ? points.length + from : -1
  const [first, last] = count < 0 ? [start + count, start] : [start, start + count]
  return points.slice(Math.max(0, first), Math.max(0, last)).join("")
}

const substring: Kernel = toText(([value, start, count]) => {
  const text = textAt(value)
  const from = longAt(start)
  const length = count === undefined ? () => Number.MAX_SAFE_INTEGER : longAt(count)
  return (row) => substr(text(row), from(row), length(row))
})

const replace: Kernel = toText(([value, search, replacement]) => {
  const text = textAt(value)
  const from = textAt(search)
  const to = textAt(replacement)
  return (row) => {
    const found = from(row)
    return found === "" ? text(row) : text(row).split(found).join(to(row))
  }
})

/** The n-th of the parts between separators, from 1, or from the end where n is negative; else the empty text. */
const splitPart: Kernel = toText(([value, separator, index]) => {
  const text = textAt(value)
  const between = textAt(separator)
  const at = longAt(index)
  return (row) => {
    const separatorText = between(row)
    const parts = separatorText === "" ? [...text(row)] : text(row).split(separatorText)
    const n = at(row)
    return (n === 0 ? undefined : parts.at(n > 0 ? n - 1 : n)) ?? ""
  }
})

/** Joins texts; one null makes the whole null. */
const join: Kernel = toText(([left, right]) => {
  const a = textAt(left)
  const b = textAt(right)
  return (row) => a(row) + b(row)
})

/** Joins texts and skips nulls. */
const concat: Kernel = (inputs, rows) => {
  const mask = maskOf(inputs)
  const codes = new Int32Array(placesOf(rows, mask))
  const list = new TextList()
  const texts = inputs.map((input) => as(input, "text"))
  for (let i = 0; i < codes.length; i++) {
    let whole = ""
    for (const part of texts) {
      const code = part.codes[i & part.mask]
      if (code >= 0) whole += part.texts.text(code)
    }
    codes[i] = list.code(whole)
  }
  return textsOf(codes, list.texts(), mask)
}

/** A pattern that is a literal is compiled once, another one for each row. */
const like: MakeKernel = ({ literal, tree }: CallContext) => {
  const escape = tree.arguments.length > 2 ? literal(2) : undefined
  const isLiteral = tree.arguments[1].kind === "literal" && tree.arguments[1].value !== null
  const known = isLiteral ? compileLike(literal(1), escape) : undefined
  return toBool(([value, pattern]) => {
    const text = textAt(value)
    if (known !== undefined) return (row) => known(text(row))
    const of = textAt(pattern)
    return (row) => compileLike(of(row), escape)(text(row))
  })
}

export const textFunctions: Readonly<Record<string, MakeKernel>> = {
  lower: ofText((text) => text.toLowerCase()),
  upper: ofText((text) => text.toUpperCase()),
  trim: ofText((text) => withoutLeft(withoutRight(text))),
  ltrim: ofText(withoutLeft),
  rtrim: ofText(withoutRight),
  length: plain(length),
  substr: plain(substring),
  replace: plain(replace),
  split_part: plain(splitPart),
  starts_with: test((text, part) => text.startsWith(part)),
  ends_with: test((text, part) => text.endsWith(part)),
  contains: test((text, part) => text.includes(part)),
  concat: plain(concat),
  "||": plain(join),
  like
}
