import * as Result from "effect/Result"
import { nearest } from "../text/Nearest.ts"
import { ExpressionError, expressionError, type Place } from "./ExpressionError.ts"
import type { Operator, OverSyntax, Syntax } from "./Syntax.ts"
import { type Token, tokens } from "./Token.ts"
import type { ValueType } from "./Tree.ts"

/**
 * Reads an expression: a parser by operator precedence over the whole of `text`. Names and types are left to
 * `checkExpression`.
 */
export const parseExpression = (text: string): Result.Result<Syntax, ExpressionError> => {
  try {
    return Result.succeed(new Parser(tokens(text)).whole())
  } catch (error) {
    if (error instanceof ExpressionError) return Result.fail(error)
    throw error
  }
}

/** How tightly operators bind. */
const Binding = { or: 1, and: 2, not: 3, is: 4, compare: 5, match: 6, join: 7, add: 8, multiply: 9, sign: 10, cast: 11 }

const binary: ReadonlyMap<string, readonly [operator: Operator, binding: number]> = new Map([
  ["or", ["or", Binding.or]],
  ["and", ["and", Binding.and]],
  ["=", ["=", Binding.compare]],
  ["<>", ["<>", Binding.compare]],
  ["!=", ["<>", Binding.compare]],
  ["<", ["<", Binding.compare]],
  ["<=", ["<=", Binding.compare]],
  [">", [">", Binding.compare]],
  [">=", [">=", Binding.compare]],
  ["||", ["||", Binding.join]],
  ["+", ["+", Binding.add]],
  ["-", ["-", Binding.add]],
  ["*", ["*", Binding.multiply]],
  ["/", ["/", Binding.multiply]],
  ["%", ["%", Binding.multiply]]
] as const)

/** How tightly the operators bind that are no single token between two operands. */
const special: ReadonlyMap<string, number> = new Map([
  ["is", Binding.is],
  ["in", Binding.match],
  ["like", Binding.match],
  ["between", Binding.match],
  ["not", Binding.match],
  ["::", Binding.cast]
])

/** Words that are no column unless they stand in double quotes. */
const reserved = new Set(
  "and or not is in like between case when then else end null true false as escape distinct".split(" ")
)

const types: ReadonlyMap<string, ValueType> = new Map([
  ["text", "text"],
  ["bool", "bool"],
  ["boolean", "bool"],
  ["int64", "int64"],
  ["bigint", "int64"],
  ["int", "int64"],
  ["integer", "int64"],
  ["double", "double"],
  ["timestamp", "timestamp"],
  ["date", "date"],
  ["interval", "interval"],
  ["json", "json"]
])
const castTypes = "text, bool, int64, double, timestamp, date, interval or json"

/** Deeper nesting than anybody writes; what reads trees may recurse. */
const maxDepth = 200

class Parser {
  private readonly list: ReadonlyArray<Token>
  private at = 0
  private nesting = 0
  /** Height of the parts made so far. A chain such as `a + b + c` is as deep as it is long. */
  private readonly heights = new Map<Syntax, number>()

  constructor(list: ReadonlyArray<Token>) {
    this.list = list
  }

  whole(): Syntax {
    const syntax = this.expression(0)
    if (this.token.kind !== "end") throw this.unexpected("the end of the expression", this.strayHint())
    return syntax
  }

  private get token(): Token {
    return this.list[this.at]
  }

  private next(): Token {
    const token = this.token
    if (token.kind !== "end") this.at++
    return token
  }

  private is(value: string): boolean {
    const { kind } = this.token
    return (kind === "word" || kind === "symbol") && this.token.value === value
  }

  private take(value: string): boolean {
    if (!this.is(value)) return false
    this.at++
    return true
  }

  private expect(value: string, opened?: Token, hint?: string): Token {
    if (this.is(value)) return this.next()
    const expected =
      opened === undefined ? value : `${value} to close the ${opened.raw} at character ${opened.from + 1}`
    throw this.unexpected(expected, hint)
  }

  private unexpected(expected: string, hint?: string): ExpressionError {
    const { kind, raw } = this.token
    return expressionError(this.token, `expected ${expected}, found ${kind === "end" ? "the end" : raw}`, hint)
  }

  /** Why text follows where an expression could have ended. */
  private strayHint(): string | undefined {
    if (this.is(",")) return commaHint
    if (this.is(")")) return "this parenthesis was never opened"
    const before = this.list[this.at - 1]
    if (this.token.kind === "text" && before?.kind === "text") return "a quote inside a text is written twice: ''"
    return undefined
  }

  private expression(least: number): Syntax {
    if (++this.nesting > maxDepth) throw tooDeep(this.token)
    let left = this.prefix()
    for (;;) {
      const binding = this.bindingHere()
      if (binding === undefined || binding < least) break
      left = this.infix(left, binding)
    }
    this.nesting--
    return left
  }

  /** How tightly the operator that comes next binds, if one does. */
  private bindingHere(): number | undefined {
    const { kind, value } = this.token
    if (kind !== "word" && kind !== "symbol") return undefined
    return binary.get(value)?.[1] ?? special.get(value)
  }

  private made(syntax: Syntax, parts: ReadonlyArray<Syntax | undefined>): Syntax {
    let height = 0
    for (const part of parts) if (part !== undefined) height = Math.max(height, this.heights.get(part) ?? 0)
    if (height >= maxDepth) throw tooDeep(syntax)
    this.heights.set(syntax, height + 1)
    return syntax
  }

  private infix(left: Syntax, binding: number): Syntax {
    const token = this.next()
    const known = binary.get(token.value)
    if (known !== undefined) return this.binary(left, known[0], binding)
    if (token.value === "is") return this.isOperator(left)
    if (token.value === "::") {
      const type = this.type()
      return this.made({ kind: "cast", operand: left, type: type.type, tries: false, ...span(left, type.place) }, [
        left
      ])
    }
    const not = token.value === "not"
    const word = not ? this.next() : token
    const from = left.from
    switch (word.value) {
      case "in": {
        const open = this.expect("(", undefined, "write in ('a', 'b')")
        const list = this.expressions(open)
        const to = this.expect(")", open).to
        return this.made({ kind: "in", operand: left, list, not, from, to }, [left, ...list])
      }
      case "like": {
        const pattern = this.expression(Binding.match + 1)
        const escape = this.take("escape") ? this.expression(Binding.match + 1) : undefined
        const to = (escape ?? pattern).to
        return this.made({ kind: "like", operand: left, pattern, escape, not, from, to }, [left, pattern, escape])
      }
      case "between": {
        const low = this.expression(Binding.match + 1)
        this.expect("and", undefined, "write x between low and high")
        const high = this.expression(Binding.match + 1)
        return this.made({ kind: "between", operand: left, low, high, not, from, to: high.to }, [left, low, high])
      }
      default:
        this.at--
        throw this.unexpected("in, like or between after not")
    }
  }

  private binary(left: Syntax, operator: Operator, binding: number): Syntax {
    if (operator === "=" && this.is("=")) throw expressionError(this.token, "stray =", "= compares")
    const right = this.expression(binding + 1)
    if (binding === Binding.compare && this.bindingHere() === Binding.compare) {
      throw expressionError(this.token, `a comparison cannot be followed by ${this.token.raw}`, "join two with and")
    }
    return this.made({ kind: "binary", operator, left, right, ...span(left, right) }, [left, right])
  }

  private isOperator(left: Syntax): Syntax {
    const not = this.take("not")
    if (this.is("null")) {
      const { to } = this.next()
      return this.made({ kind: "is null", operand: left, not, from: left.from, to }, [left])
    }
    if (!this.is("distinct")) throw this.unexpected("null or distinct from", "compare with = or <>")
    this.next()
    this.expect("from")
    const right = this.expression(Binding.is + 1)
    const operator = not ? "is not distinct from" : "is distinct from"
    return this.made({ kind: "binary", operator, left, right, ...span(left, right) }, [left, right])
  }

  private prefix(): Syntax {
    const token = this.token
    const { from, to } = token
    switch (token.kind) {
      case "number":
        this.next()
        return { kind: "number", text: token.raw, from, to }
      case "text":
        this.next()
        return { kind: "text", value: token.value, from, to }
      case "binding":
        this.next()
        return { kind: "binding", name: token.value, from, to }
      case "name":
        return this.column()
      case "word":
        return this.word()
      case "symbol": {
        if (this.take("(")) {
          const inner = this.expression(0)
          this.expect(")", token, this.is(",") ? "a list in parentheses stands after in only" : undefined)
          return inner
        }
        if (this.take("-")) {
          const operand = this.expression(Binding.sign)
          return this.made({ kind: "negate", operand, from, to: operand.to }, [operand])
        }
        if (this.is("+")) throw this.unexpected("an expression", "leave out the sign +")
        throw this.unexpected("an expression", this.is(",") ? commaHint : undefined)
      }
      default:
        throw this.unexpected("an expression")
    }
  }

  private word(): Syntax {
    const token = this.token
    const { from, to, value } = token
    const following = this.list[this.at + 1]
    const isCall = following.kind === "symbol" && following.value === "("
    switch (value) {
      case "true":
      case "false":
      case "null":
        this.next()
        return { kind: "constant", value: value === "null" ? null : value === "true", from, to }
      case "not": {
        this.next()
        const operand = this.expression(Binding.not)
        return this.made({ kind: "not", operand, from, to: operand.to }, [operand])
      }
      case "case":
        return this.cases()
      case "cast":
      case "try_cast":
        if (isCall) return this.cast(value === "try_cast")
        break
      case "timestamp":
      case "date":
      case "interval":
        if (following.kind !== "text") break
        this.at += 2
        return { kind: "typed", type: value, value: following.value, from, to: following.to }
      default:
        break
    }
    if (reserved.has(value)) {
      throw this.unexpected("an expression", `a column of this name is written "${token.raw}"`)
    }
    return isCall ? this.call() : this.column()
  }

  private column(): Syntax {
    const first = this.next()
    let quoted = first.kind === "name"
    const path = [first.kind === "name" ? first.value : first.raw]
    let { to } = first
    while (this.take(".")) {
      const part = this.token
      if (part.kind !== "word" && part.kind !== "name") throw this.unexpected("a name after the dot")
      this.next()
      path.push(part.kind === "name" ? part.value : part.raw)
      quoted ||= part.kind === "name"
      to = part.to
    }
    return { kind: "column", path, quoted, from: first.from, to }
  }

  private call(): Syntax {
    const place = this.next()
    const open = this.next()
    const star = this.take("*")
    const distinct = !star && this.take("distinct")
    const list = star || this.is(")") ? [] : this.expressions(open)
    if (this.is("ignore")) throw this.unexpected(")", "ignore nulls follows the parenthesis: first(x) ignore nulls")
    let { to } = this.expect(")", open)
    const ignoreNulls = this.is("ignore")
    if (ignoreNulls) {
      this.next()
      to = this.expect("nulls").to
    }
    let filter: Syntax | undefined
    const following = this.list[this.at + 1]
    if (this.is("filter") && following.kind === "symbol" && following.value === "(") {
      this.next()
      const opened = this.next()
      this.expect("where", undefined, "write filter (where …)")
      filter = this.expression(0)
      to = this.expect(")", opened).to
    }
    const over = this.over()
    return this.made(
      {
        kind: "call",
        name: place.value,
        place: { from: place.from, to: place.to },
        arguments: list,
        star,
        distinct,
        ignoreNulls,
        filter,
        over,
        from: place.from,
        to: over?.to ?? to
      },
      [...list, filter, ...(over?.partition ?? []), ...(over?.order.map(({ value }) => value) ?? [])]
    )
  }

  /** `over (partition by a, b order by c desc)`, if that follows. */
  private over(): OverSyntax | undefined {
    const { from } = this.token
    const following = this.list[this.at + 1]
    if (!this.is("over") || following.kind !== "symbol" || following.value !== "(") return undefined
    this.next()
    const open = this.next()
    const partition = this.by("partition") ? this.items() : []
    const order = this.by("order")
      ? this.items(() => {
          const descending = this.take("desc")
          if (!descending) this.take("asc")
          return descending
        })
      : []
    if (!this.is(")"))
      throw this.unexpected("partition by, order by or )", "write over (partition by a order by b desc)")
    const { to } = this.expect(")", open)
    return {
      partition: partition.map(({ value }) => value),
      order: order.map(({ mark = false, value }) => ({ value, descending: mark })),
      from,
      to
    }
  }

  private by(word: string): boolean {
    if (!this.take(word)) return false
    this.expect("by")
    return true
  }

  /** Expressions with commas between them, each with what is read after it. */
  private items(after?: () => boolean): ReadonlyArray<{ readonly value: Syntax; readonly mark: boolean | undefined }> {
    const items: Array<{ readonly value: Syntax; readonly mark: boolean | undefined }> = []
    do {
      const value = this.expression(0)
      items.push({ value, mark: after?.() })
    } while (this.take(","))
    return items
  }

  /** Expressions with commas between them, up to a closing parenthesis. */
  private expressions(open: Token): ReadonlyArray<Syntax> {
    const list = [this.expression(0)]
    while (this.take(",")) {
      if (this.is(")")) throw this.unexpected("an expression after the comma")
      list.push(this.expression(0))
    }
    if (!this.is(")") && !this.is("ignore"))
      throw this.unexpected(`, or ) to close the ( at character ${open.from + 1}`)
    return list
  }

  private cases(): Syntax {
    const opened = this.next()
    const subject = this.is("when") ? undefined : this.expression(0)
    const branches: Array<{ when: Syntax; value: Syntax }> = []
    while (this.take("when")) {
      const when = this.expression(0)
      this.expect("then")
      branches.push({ when, value: this.expression(0) })
    }
    if (branches.length === 0) throw this.unexpected("when")
    const otherwise = this.take("else") ? this.expression(0) : undefined
    const { to } = this.expect("end", opened)
    const parts = branches.flatMap(({ when, value }) => [when, value])
    return this.made({ kind: "case", subject, branches, otherwise, from: opened.from, to }, [
      subject,
      ...parts,
      otherwise
    ])
  }

  private cast(tries: boolean): Syntax {
    const { from } = this.next()
    const open = this.next()
    const operand = this.expression(0)
    this.expect("as", undefined, "write cast(x as int64)")
    const { type } = this.type()
    const { to } = this.expect(")", open)
    return this.made({ kind: "cast", operand, type, tries, from, to }, [operand])
  }

  private type(): { readonly type: ValueType; readonly place: Place } {
    const token = this.token
    if (token.kind !== "word") throw this.unexpected(`a type: ${castTypes}`)
    const type = types.get(token.value)
    if (type === undefined) {
      const guess = nearest(token.value, types.keys())
      const hint = guess === undefined ? undefined : `did you mean ${guess}?`
      throw expressionError(token, `unknown type ${token.raw}, expected ${castTypes}`, hint)
    }
    this.next()
    return { type, place: token }
  }
}

const commaHint = "a comma stands between the arguments of a function only"

const span = (first: Place, last: Place): Place => ({ from: first.from, to: last.to })

const tooDeep = (place: Place): ExpressionError =>
  expressionError(place, `nested deeper than ${maxDepth} levels`, "a long list of alternatives is shorter with in (…)")
