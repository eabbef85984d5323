import { expressionError, type Place } from "./ExpressionError.ts"

/** The smallest part of an expression's text. */
export interface Token extends Place {
  /** `name` is in double quotes, `text` in single ones, `binding` is `${NAME}`. */
  readonly kind: "word" | "name" | "text" | "number" | "binding" | "symbol" | "end"
  /** What it says, without quotes; a word in lower case; `raw` is as written. */
  readonly value: string
  readonly raw: string
}

const patterns: ReadonlyArray<readonly [Token["kind"], RegExp]> = [
  ["binding", /\$\{([^{}]*)\}/uy],
  ["word", /[\p{L}_$@][\p{L}\p{N}_$@]*/uy],
  ["number", /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/uy],
  ["text", /'(?:[^']|'')*'(?!')/uy],
  ["name", /"(?:[^"]|"")+"(?!")/uy],
  ["symbol", /<=|>=|<>|!=|\|\||::|[-+*/%=<>(),.]/uy]
]

/** The parts of a text, the end included. Throws `ExpressionError`. */
export const tokens = (text: string): ReadonlyArray<Token> => {
  const found: Array<Token> = []
  let at = skipBlanks(text, 0)
  while (at < text.length) {
    const token = tokenAt(text, at)
    found.push(token)
    at = skipBlanks(text, token.to)
  }
  found.push({ kind: "end", value: "", raw: "", from: text.length, to: text.length })
  return found
}

const tokenAt = (text: string, from: number): Token => {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = from
    const match = pattern.exec(text)
    if (match === null) continue
    const raw = match[0]
    const token = { kind, raw, value: valueOf(kind, match), from, to: from + raw.length }
    if (kind === "number") refuseLetters(text, token)
    if (kind === "binding" && !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(token.value)) {
      throw expressionError(token, `${raw} names no parameter`, "write it as ${NAME}, in letters, digits and _")
    }
    return token
  }
  throw strayCharacter(text, from)
}

const valueOf = (kind: Token["kind"], match: RegExpExecArray): string => {
  const raw = match[0]
  switch (kind) {
    case "word":
      return raw.toLowerCase()
    case "text":
      return raw.slice(1, -1).replaceAll("''", "'").toWellFormed()
    case "name":
      return raw.slice(1, -1).replaceAll('""', '"')
    case "binding":
      return match[1]
    default:
      return raw
  }
}

/** `12abc` is neither a number nor a name. */
const refuseLetters = (text: string, number: Token): void => {
  const letters = /[\p{L}\p{N}_$@]+/uy
  letters.lastIndex = number.to
  const match = letters.exec(text)
  if (match === null) return
  const to = number.to + match[0].length
  const whole = text.slice(number.from, to)
  throw expressionError(
    { from: number.from, to },
    `${whole} is neither a number nor a name`,
    `a column of this name is written "${whole}"`
  )
}

/** What to write instead of signs that other languages have. */
const instead: ReadonlyMap<string, string> = new Map([
  ["!", "write not x, or x <> y"],
  ["&", "write and"],
  ["|", "write or; || joins texts"],
  [":", "a type follows two colons, as in x::int64"],
  [";", "one expression stands alone, without a semicolon"],
  ["$", "a parameter is written ${NAME}"],
  ["`", 'a name that is not a plain word is written in double quotes, as in "User ID"'],
  ["[", "write json_extract(x, '$[0]') for a part of a JSON value"],
  ["{", "a parameter is written ${NAME}"],
  ["~", "write regexp_matches(x, 'pattern')"]
])

const strayCharacter = (text: string, from: number) => {
  const character = String.fromCodePoint(text.codePointAt(from) ?? 0)
  const to = from + character.length
  if (character === "'") return expressionError({ from, to: text.length }, "this text has no closing quote '")
  if (character === '"') {
    return text[to] === '"'
      ? expressionError({ from, to: to + 1 }, "a name cannot be empty", "the empty text is ''")
      : expressionError({ from, to: text.length }, 'this name has no closing quote "')
  }
  return expressionError({ from, to }, `stray ${character}`, instead.get(character))
}

const skipBlanks = (text: string, from: number): number => {
  const blanks = /\s*/uy
  blanks.lastIndex = from
  return from + (blanks.exec(text)?.[0].length ?? 0)
}
