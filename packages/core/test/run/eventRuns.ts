import { type Data, FixedSizeBinary, type RecordBatch } from "apache-arrow"
import {
  binaryColumn,
  columnData,
  int64Column,
  type NamedColumn,
  recordBatch,
  textColumn
} from "../../src/arrow/Columns.ts"
import { Interner } from "../../src/arrow/Interner.ts"
import { TextPool } from "../../src/arrow/TextPool.ts"
import { position } from "../../src/plugin/EventBatch.ts"
import type { Block } from "../../src/run/Merge.ts"
import type { Run } from "../../src/run/Run.ts"
import { RunBuilder } from "../../src/run/RunBuilder.ts"
import { timeTextMicros } from "../../src/time/TimeText.ts"
import { plainColumn, type PlainRow } from "../support/plain.ts"
import type { Random } from "../support/random.ts"
import { column } from "../support/table.ts"

// Batches of random events with columns of every type, and what is known of runs of them.

/** How the dictionaries of texts go from batch to batch. */
export type Dictionaries = "lasting" | "changing" | "mixed"

export const names = [
  "",
  "0",
  "7",
  "42",
  "042",
  "-7",
  "-70",
  "99999999999999999999",
  "1e3",
  "a",
  "ab",
  "b",
  "Zoë",
  "名",
  "\u{1F600}",
  "\uFFFD"
]
const texts = ["", "x", "é", "\u{1F600}", "0", "longer than eight bytes", "longer than eight bytez"]
const int64s = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 4_294_967_296n]
const doubles = [0, -0, 1.5, NaN, Infinity, -Infinity, 5e-324]

const orNull = <A>(random: Random, values: ReadonlyArray<A>, nulls: boolean): A | null =>
  nulls && random.int(4) === 0 ? null : random.pick(values)

const encoder = new TextEncoder()

/** Texts of one column, from batch to batch. */
class Texts {
  private readonly dictionaries: Dictionaries
  private growing = new Interner()

  constructor(dictionaries: Dictionaries) {
    this.dictionaries = dictionaries
  }

  column(random: Random, values: ReadonlyArray<string | null>): { data: Data; lasting: Interner | undefined } {
    const lasts = this.dictionaries === "lasting" || (this.dictionaries === "mixed" && random.int(3) > 0)
    if (this.dictionaries === "mixed" && random.int(4) === 0) this.growing = new Interner()
    if (lasts) {
      const codes = values.map((value) => (value === null ? -1 : intern(this.growing, value)))
      return { data: textColumn(Int32Array.from(codes), this.growing.vector()), lasting: this.growing }
    }
    // A dictionary that has some texts twice, and some that no row has.
    const pool = new TextPool()
    const add = (value: string) => pool.add(encoder.encode(value), 0, encoder.encode(value).length)
    const codes = values.map((value) => {
      if (random.int(3) === 0) add("nobody")
      return value === null ? -1 : add(value)
    })
    return { data: textColumn(Int32Array.from(codes), pool.toVector()), lasting: undefined }
  }
}

const intern = (interner: Interner, value: string): number => {
  const bytes = encoder.encode(value)
  return interner.intern(bytes, 0, bytes.length)
}

export interface Appended {
  readonly batch: RecordBatch
  readonly texts: ReadonlyMap<string, Interner>
  readonly part: number
}

/** Batches as one thread validates them, of parts from `firstPart` on. */
export const randomBatches = (
  random: Random,
  {
    dictionaries,
    firstPart = 0,
    sizes
  }: { sizes: ReadonlyArray<number>; dictionaries: Dictionaries; firstPart?: number }
): ReadonlyArray<Appended> => {
  const kept = { user: new Texts(dictionaries), text: new Texts(dictionaries), json: new Texts(dictionaries) }
  let part = firstPart
  let ordinal = 0n
  return sizes.map((size) => {
    if (random.int(3) === 0) {
      part++
      ordinal = 0n
    }
    const nulls = random.int(2) === 0
    const values = <A>(of: ReadonlyArray<A>) => Array.from({ length: size }, () => orNull(random, of, nulls))
    const ordinals = BigInt64Array.from({ length: size }, () => (ordinal += BigInt(1 + random.int(3))))
    const digests = Uint8Array.from({ length: size * 16 }, () => random.int(256))
    const user = kept.user.column(
      random,
      Array.from({ length: size }, () => random.pick(names))
    )
    const text = kept.text.column(random, values(texts))
    const json = kept.json.column(random, values(["1", '"a"', "{}"]))
    const columns: Array<NamedColumn> = [
      { name: "user", data: user.data },
      {
        name: "time",
        data: column.timestamp(Array.from({ length: size }, () => random.pick([0n, 1n, -1n, 2n ** 40n])))
      },
      { name: "text", data: text.data },
      { name: "json", data: json.data, json: true },
      { name: "bool", data: column.bool(values([true, false])) },
      { name: "int64", data: column.int64(values(int64s)) },
      { name: position.event, data: int64Column(ordinals) },
      { name: "double", data: column.double(values(doubles)) },
      { name: "instant", data: column.timestamp(values(int64s.slice(0, 3))) },
      { name: "date", data: column.date(values([0, -1, 19_000])) },
      { name: "interval", data: column.interval(values(int64s)) },
      { name: "$digest", data: binaryColumn(digests, 16) }
    ]
    const lasting = Object.entries({ user, text, json }).flatMap(([name, { lasting }]) =>
      lasting === undefined ? [] : [[name, lasting] as const]
    )
    return { batch: recordBatch(columns, size), texts: new Map(lasting), part }
  })
}

export const ownBytes = (bytes: number): ArrayBuffer => new ArrayBuffer(bytes)

export const builtRun = (appended: ReadonlyArray<Appended>): Run => {
  const builder = new RunBuilder("user", "time")
  for (const { batch, part, texts } of appended) builder.append(batch, texts, part)
  return builder.finish(ownBytes)
}

/** An event, its place as part and ordinal. */
export type EventRow = PlainRow & { readonly user: string; readonly part: number }

/** The events of a batch as plain values; in a block the place stands where the ordinal was. */
export const rowsOf = (batch: RecordBatch, part?: number): ReadonlyArray<EventRow> => {
  const columns = batch.schema.names.map((name) => [String(name), valuesOf(batch, String(name))] as const)
  return Array.from({ length: batch.numRows }, (_, row) => {
    const { $event, $place, ...rest } = Object.fromEntries(columns.map(([name, values]) => [name, values[row]]))
    const place = BigInt($place ?? 0)
    return {
      ...rest,
      user: String(rest.user),
      part: part ?? Number(place >> 32n),
      ordinal: part === undefined ? Number(place & 0xffff_ffffn) : Number($event)
    }
  })
}

const valuesOf = (batch: RecordBatch, name: string): ReturnType<typeof plainColumn> => {
  const { type, values } = columnData(batch, name)
  if (!(type instanceof FixedSizeBinary)) return plainColumn(batch, name)
  const bytes = values as Uint8Array
  return Array.from({ length: batch.numRows }, (_, row) => bytes.slice(row * 16, row * 16 + 16).join())
}

/** The order of users by its definition: canonical integers by value, then the rest by UTF-8 bytes. */
export const compareNames = (a: string, b: string): number => {
  const isInteger = (name: string) => /^(0|-?[1-9]\d*)$/.test(name)
  if (isInteger(a) !== isInteger(b)) return isInteger(a) ? -1 : 1
  if (!isInteger(a)) return Buffer.compare(Buffer.from(a), Buffer.from(b))
  const difference = BigInt(a) - BigInt(b)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The events of a run in its order: by user, time, and arrival. */
export const runOracle = (appended: ReadonlyArray<Appended>): ReadonlyArray<EventRow> =>
  appended
    .flatMap(({ batch, part }) => rowsOf(batch, part))
    .toSorted((a, b) => compareNames(a.user, b.user) || micros(a) - micros(b))

const micros = ({ time }: EventRow): number => timeTextMicros(String(time)) ?? NaN

/** The events of several runs: by user and run. */
export const mergeOracle = (runs: ReadonlyArray<ReadonlyArray<Appended>>): ReadonlyArray<EventRow> =>
  runs.flatMap(runOracle).toSorted((a, b) => compareNames(a.user, b.user))

/** The events of blocks; that each holds whole users, in order, is asserted by `ends`. */
export const rowsOfBlocks = (blocks: Iterable<Block>): ReadonlyArray<EventRow> => {
  const all: Array<EventRow> = []
  for (const { ends, events } of blocks) {
    const rows = rowsOf(events)
    const found = [...ends]
    const expected = rows.flatMap(({ user }, i) => (i + 1 === rows.length || rows[i + 1].user !== user ? [i + 1] : []))
    if (found.join() !== expected.join()) throw new Error(`users end at ${expected.join()}, not at ${found.join()}`)
    if (all.length > 0 && all[all.length - 1].user === rows[0]?.user)
      throw new Error(`${rows[0].user} is in two blocks`)
    all.push(...rows)
  }
  return all
}
