import { int64At, storeInt64 } from "../../time/Int64.ts"
import type { Zone } from "../../time/Zone.ts"
import { Texts } from "../Texts.ts"
import type { Tree, ValueType } from "../Tree.ts"
import {
  allValid,
  bools,
  datesOf,
  doublesOf,
  longsOf,
  makeLongs,
  maskOf,
  placesOf,
  textsOf,
  type Values,
  type ValuesOf
} from "../Values.ts"

/**
 * A function over columns: `rows` rows of each input, one column out. Failures of the inputs are not its business
 * unless it is lazy; its own are in the result.
 */
export type Kernel = (inputs: ReadonlyArray<Values>, rows: number) => Values

/** What a kernel is made from. */
export interface CallContext {
  readonly tree: Tree & { readonly kind: "call" }
  /** Types of the arguments. */
  readonly types: ReadonlyArray<ValueType>
  readonly zone: Zone
  /** The number of a cause of failure, to be put into `failed`. */
  readonly cause: (reason: string) => number
  /** An argument that is a literal, as text. */
  readonly literal: (index: number) => string
}

export type MakeKernel = (context: CallContext) => Kernel

/** A kernel that needs nothing from its call. */
export const plain =
  (kernel: Kernel): MakeKernel =>
  () =>
    kernel

/** Values of a kind; the checker saw to it that there are no others. */
export const as = <K extends Values["kind"]>(values: Values, kind: K): ValuesOf<K> => {
  if (values.kind !== kind) throw new Error(`expected ${kind}, found ${values.kind}`)
  return values as ValuesOf<K>
}

/** The texts of rows that are not null. */
export const textAt = (values: Values): ((row: number) => string) => {
  const { codes, mask, texts } = as(values, "text")
  return (row) => texts.text(codes[row & mask])
}

/** int64 values of rows as doubles. */
export const longAt = (values: Values): ((row: number) => number) => {
  const { longs, mask } = as(values, "long")
  return (row) => int64At(longs, row & mask)
}

/** Gives the value of a row for which no input is null; undefined is null. */
type Bind<A> = (inputs: ReadonlyArray<Values>) => (row: number) => A | undefined

/** Calls `set` for every row without a null in the inputs. Where `set` says false, the row becomes null. */
const eachRow = (inputs: ReadonlyArray<Values>, places: number, set: (row: number) => boolean) => {
  let valid = allValid(inputs, places)
  for (let i = 0; i < places; i++) {
    if (valid !== undefined && valid[i] === 0) continue
    if (set(i)) continue
    valid ??= new Uint8Array(places).fill(1)
    valid[i] = 0
  }
  return valid
}

export const toText =
  (bind: Bind<string>): Kernel =>
  (inputs, rows) => {
    const mask = maskOf(inputs)
    const places = placesOf(rows, mask)
    const value = bind(inputs)
    const list = new TextList()
    const codes = new Int32Array(places).fill(-1)
    eachRow(inputs, places, (row) => {
      const text = value(row)
      if (text !== undefined) codes[row] = list.code(text)
      return true
    })
    return textsOf(codes, list.texts(), mask)
  }

export const toBool =
  (bind: Bind<boolean>): Kernel =>
  (inputs, rows) => {
    const mask = maskOf(inputs)
    const truths = new Uint8Array(placesOf(rows, mask))
    const value = bind(inputs)
    const valid = eachRow(inputs, truths.length, (row) => {
      const truth = value(row)
      truths[row] = truth === true ? 1 : 0
      return truth !== undefined
    })
    return bools(truths, mask, valid)
  }

/** Of integers that a double holds exactly. */
export const toLong =
  (bind: Bind<number>): Kernel =>
  (inputs, rows) => {
    const mask = maskOf(inputs)
    const places = placesOf(rows, mask)
    const longs = makeLongs(places)
    const value = bind(inputs)
    const valid = eachRow(inputs, places, (row) => {
      const number = value(row)
      if (number === undefined) return false
      storeInt64(longs, row, number)
      return true
    })
    return longsOf(longs, mask, valid)
  }

/** A number that is not finite becomes null. */
export const toDouble =
  (bind: Bind<number>): Kernel =>
  (inputs, rows) => {
    const mask = maskOf(inputs)
    const doubles = new Float64Array(placesOf(rows, mask))
    const value = bind(inputs)
    const valid = eachRow(inputs, doubles.length, (row) => {
      const number = value(row)
      if (number === undefined || !Number.isFinite(number)) return false
      doubles[row] = number
      return true
    })
    return doublesOf(doubles, mask, valid)
  }

export const toDate =
  (bind: Bind<number>): Kernel =>
  (inputs, rows) => {
    const mask = maskOf(inputs)
    const days = new Int32Array(placesOf(rows, mask))
    const value = bind(inputs)
    const valid = eachRow(inputs, days.length, (row) => {
      const day = value(row)
      days[row] = day ?? 0
      return day !== undefined
    })
    return datesOf(days, mask, valid)
  }

/** From so many texts on, with more than this share of different ones, no text is looked for among the ones before. */
const enough = 1000
const mostly = 0.5

/** Texts being gathered. */
export class TextList {
  private readonly list: Array<string> = []
  private readonly codes = new Map<string, number>()
  private asked = 0

  /** The code of a text. Equal texts may get two codes. */
  code(text: string): number {
    const known = this.asked > enough && this.list.length > this.asked * mostly ? undefined : this.codes.get(text)
    this.asked++
    if (known !== undefined) return known
    const code = this.list.push(text) - 1
    if (code <= enough || code <= this.asked * mostly) this.codes.set(text, code)
    return code
  }

  texts(): Texts {
    return Texts.ofStrings(this.list)
  }
}
