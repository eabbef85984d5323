import type { Data } from "apache-arrow"
import type { ValueType } from "../expression/Tree.ts"
import { arrowType } from "./ArrowType.ts"
import { reserved } from "./measure/reserved.ts"
import { Pairs } from "./Pairs.ts"
import { makeValueCodes, type ValueCodes } from "./ValueCodes.ts"

/** Numbers groups of rows with equal keys from 0, in order of first appearance. Null is a value of a key like others. */
export class GroupKeys {
  /** How many groups there are. Without keys there is one group, even of no rows. */
  size: number
  private readonly values: ReadonlyArray<ValueCodes>
  /** By code of the first key + 1: its number + 1. */
  private direct = new Int32Array(0)
  /** By number of the first key: its code. */
  private firstCodes = new Int32Array(0)
  private firstSize = 0
  /** For each further key: the number of the keys before it, and its code. */
  private readonly pairs: ReadonlyArray<Pairs>

  constructor(types: ReadonlyArray<ValueType>) {
    this.values = types.map((type) => makeValueCodes(arrowType(type)))
    this.pairs = types.slice(1).map(() => new Pairs())
    this.size = types.length === 0 ? 1 : 0
  }

  /** The group of each row; -1 where `rows` is negative. */
  groupOf(keys: ReadonlyArray<Data>, rows: Int32Array): Int32Array {
    return this.numbers(
      keys.map((data, i) => this.values[i].codes(data, rows)),
      rows
    )
  }

  /** For each group of other keys, its number here. */
  merge(other: GroupKeys): Int32Array {
    const codes = other.codes().map((theirs, i) => {
      const meaning = this.values[i].merge(other.values[i])
      return theirs.map((code) => (code < 0 ? -1 : meaning[code]))
    })
    return this.numbers(codes, new Int32Array(other.size))
  }

  /** The keys of all groups. */
  columns(): ReadonlyArray<Data> {
    return this.codes().map((codes, i) => this.values[i].column(codes))
  }

  private numbers(codes: ReadonlyArray<Int32Array>, rows: Int32Array): Int32Array {
    if (codes.length === 0) return rows.map((row) => (row < 0 ? -1 : 0))
    let numbers = this.firstNumbers(codes[0], rows)
    for (const [i, pairs] of this.pairs.entries()) {
      const further = new Int32Array(rows.length)
      const own = codes[i + 1]
      for (let row = 0; row < rows.length; row++) {
        further[row] = rows[row] < 0 ? -1 : pairs.number(numbers[row], own[row])
      }
      numbers = further
    }
    this.size = this.pairs.at(-1)?.size ?? this.firstSize
    return numbers
  }

  private firstNumbers(codes: Int32Array, rows: Int32Array): Int32Array {
    this.direct = reserved(this.direct, this.values[0].size + 1)
    this.firstCodes = reserved(this.firstCodes, this.values[0].size + 1)
    const { direct, firstCodes } = this
    const numbers = new Int32Array(rows.length)
    for (let i = 0; i < rows.length; i++) {
      if (rows[i] < 0) {
        numbers[i] = -1
        continue
      }
      const at = codes[i] + 1
      if (direct[at] === 0) {
        firstCodes[this.firstSize] = codes[i]
        direct[at] = ++this.firstSize
      }
      numbers[i] = direct[at] - 1
    }
    return numbers
  }

  /** By key, the code of each group. */
  private codes(): ReadonlyArray<Int32Array> {
    let numbers = Int32Array.from({ length: this.size }, (_, group) => group)
    const codes: Array<Int32Array> = []
    for (const { firsts, seconds } of this.pairs.toReversed()) {
      codes.unshift(numbers.map((number) => seconds[number]))
      numbers = numbers.map((number) => firsts[number])
    }
    if (this.values.length > 0) codes.unshift(numbers.map((number) => this.firstCodes[number]))
    return codes
  }
}
