import { DataType, type RecordBatch } from "apache-arrow"
import { columnData, isText, type TextView, textView } from "../arrow/Columns.ts"
import type { Plan, Write } from "../plan/Plan.ts"
import { userColumn } from "../plan/Tables.ts"
import type { Computed } from "./Compute.ts"
import { partitionPaths } from "./PartitionPaths.ts"
import { selectBatch } from "./Rows.ts"
import { isSet } from "../text/TextCell.ts"

/** Whether the rows of an output are divided, and each is of a user, so that they can be compared user by user. */
export const isComparable = ({ tables }: Pick<Plan, "tables">, { partition, table }: Write): boolean =>
  partition.length > 0 &&
  ["sessions", "events", "users", "duplicates"].includes(table) &&
  !tables.some(({ name }) => name === table)

/**
 * The partitions of an output in which users have other rows than before. Rows of a user stand together; those that are
 * the same at the beginning and at the end of both are no difference.
 */
export const touchedPaths = (
  plan: Plan,
  write: Write,
  before: Computed["table"],
  after: Computed["table"]
): ReadonlySet<string> => {
  const user = userColumn(plan, write.table)
  const columns = [...new Set([...write.columns, user])]
  const former = before(write.table, columns)
  const now = after(write.table, columns)
  const isSame = rowComparison(former, now, write.columns)
  const formerUsers = stretchesOf(former, user)
  const users = stretchesOf(now, user)
  const formerRows: Array<number> = []
  const rows: Array<number> = []
  for (const name of new Set([...formerUsers.keys(), ...users.keys()])) {
    let [from, to] = formerUsers.get(name) ?? [0, 0]
    let [start, end] = users.get(name) ?? [0, 0]
    while (from < to && start < end && isSame(from, start)) {
      from++
      start++
    }
    while (from < to && start < end && isSame(to - 1, end - 1)) {
      to--
      end--
    }
    while (from < to) formerRows.push(from++)
    while (start < end) rows.push(start++)
  }
  const paths = partitionPaths(write.partition)
  return new Set([
    ...paths(selectBatch(former, Int32Array.from(formerRows))).keys(),
    ...paths(selectBatch(now, Int32Array.from(rows))).keys()
  ])
}

/** Where the rows of each user are. */
const stretchesOf = (batch: RecordBatch, user: string): Map<string, [from: number, to: number]> => {
  const found = new Map<string, [number, number]>()
  const { codes, dictionary } = textView(batch, user)
  for (let row = 0; row < codes.length;) {
    const from = row
    while (row < codes.length && codes[row] === codes[from]) row++
    found.set(dictionary.get(codes[from]) ?? "", [from, row])
  }
  return found
}

type Same = (a: number, b: number) => boolean

/** Whether a row of one batch is a row of another. */
const rowComparison = (one: RecordBatch, other: RecordBatch, columns: ReadonlyArray<string>): Same => {
  const same = columns.map((name) => columnComparison(one, other, name))
  return (a, b) => same.every((isSame) => isSame(a, b))
}

const columnComparison = (one: RecordBatch, other: RecordBatch, name: string): Same => {
  const a = columnData(one, name)
  const b = columnData(other, name)
  if (isText(a.type)) return textComparison(textView(one, name), textView(other, name))
  if (DataType.isBool(a.type)) {
    const bit = ({ offset, values }: typeof a, row: number) => isSet(values as Uint8Array, offset + row)
    return (i, j) => a.getValid(i) === b.getValid(j) && (!a.getValid(i) || bit(a, i) === bit(b, j))
  }
  const words = wordsOf(a.values)
  const others = wordsOf(b.values)
  if (words === undefined || others === undefined) {
    const [left, right] = [one.getChild(name), other.getChild(name)]
    return (i, j) => textOf(left?.get(i)) === textOf(right?.get(j))
  }
  const width = a.values instanceof Int32Array ? 1 : 2
  return (i, j) => {
    if (a.getValid(i) !== b.getValid(j)) return false
    if (!a.getValid(i)) return true
    for (let w = 0; w < width; w++) if (words[i * width + w] !== others[j * width + w]) return false
    return true
  }
}

const textComparison =
  (one: TextView, other: TextView): Same =>
  (a, b) => {
    const code = one.codes[a]
    const otherCode = other.codes[b]
    if (code < 0 || otherCode < 0) return code < 0 && otherCode < 0
    const from = one.offsets[code]
    const otherFrom = other.offsets[otherCode]
    const length = one.offsets[code + 1] - from
    if (length !== other.offsets[otherCode + 1] - otherFrom) return false
    for (let i = 0; i < length; i++) if (one.bytes[from + i] !== other.bytes[otherFrom + i]) return false
    return true
  }

/** Values of 32 or 64 bits as words. */
const wordsOf = (values: unknown): Int32Array | undefined =>
  values instanceof Int32Array
    ? values
    : values instanceof BigInt64Array || values instanceof Float64Array
      ? new Int32Array(values.buffer, values.byteOffset, values.length * 2)
      : undefined

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner)) ?? "null"
