import type { TextArrays, Texts } from "@sojourn/kernels"
import type { RecordBatch } from "apache-arrow"
import { columnData, isText, lanes, textView, validRows } from "../arrow/Columns.ts"
import { Interner } from "../arrow/Interner.ts"
import { position } from "../plugin/EventBatch.ts"
import { sortSlices } from "../engine/SortSlices.ts"
import { textRanks } from "../engine/TextOrder.ts"
import { compareInt64 } from "../time/Int64.ts"
import { placeColumn } from "./Place.ts"
import { wordsOf, wordType, type WordType, widths } from "./RowWords.ts"
import type { Run, RunColumn } from "./Run.ts"

/** Makes the memory of a run: shared memory where other threads are to read it. */
export type Allocate = (bytes: number) => ArrayBufferLike

/** Memory that other threads can read. */
export const sharedBytes: Allocate = (bytes) => new SharedArrayBuffer(bytes)

/**
 * Gathers accepted events, batch by batch, and sorts them into a run. The batches' arrays are kept as they are; rows
 * are moved once, into their place in the run.
 */
export class RunBuilder {
  rows = 0
  /** What is held, roughly, in bytes. */
  bytes = 0
  private readonly user: string
  private readonly time: string
  private columns: ReadonlyArray<Gathered> = []
  private users = new GatheredText("")

  /** `user` and `time`: the names of their columns. */
  constructor(user: string, time: string) {
    this.user = user
    this.time = time
  }

  /**
   * Adds the accepted events of a batch of a part of the input. `texts`: of columns whose dictionary goes on growing.
   * The batch must not change any more.
   */
  append(batch: RecordBatch, texts: ReadonlyMap<string, Texts>, part: number): void {
    if (batch.numRows === 0) return
    if (this.rows === 0) this.begin(batch)
    const before = this.held()
    this.users.append(batch, texts)
    for (const column of this.columns) column.append(batch, texts, part)
    this.rows += batch.numRows
    this.bytes += this.held() - before
  }

  /** The run of everything gathered; the builder is empty afterwards. */
  finish(allocate: Allocate): Run {
    const { users } = this
    const names = users.texts()
    const ranks = textRanks(names, "user")
    const ends = new Int32Array(names.size)
    for (const chunk of users.chunks) for (let i = 0; i < chunk.length; i++) ends[ranks[chunk[i]]]++
    // Texts that no event has are left out.
    const used = ends.reduce((count, events) => count + (events > 0 ? 1 : 0), 0)
    const userEnds = endsOf(ends, used, allocate)
    const next = startsOf(ends)
    // The row of each event in the run, chunk by chunk.
    const targets = users.chunks.map((chunk) => {
      const target = new Int32Array(chunk.length)
      for (let i = 0; i < chunk.length; i++) target[i] = next[ranks[chunk[i]]]++
      return target
    })
    this.orderByTime(userEnds, targets)
    users.chunks = []
    const run = {
      rows: this.rows,
      users: sortedTexts(names, ranks, ends, used, allocate),
      ends: userEnds,
      columns: this.columns.map((column) => column.finish(targets, this.rows, allocate))
    }
    this.columns = []
    this.users = new GatheredText("")
    this.rows = 0
    this.bytes = 0
    return run
  }

  /** Moves the targets of each user's events into order of time; those of one time stay in order of arrival. */
  private orderByTime(ends: Int32Array, targets: ReadonlyArray<Int32Array>): void {
    const column = this.columns.find(({ name }) => name === this.time)
    if (!(column instanceof GatheredWords)) return
    const times = new BigInt64Array(this.rows)
    const words = lanes(times)
    for (const [k, target] of targets.entries()) {
      const chunk = column.chunks[k]
      for (let i = 0; i < target.length; i++) {
        words[2 * target[i]] = chunk[2 * i]
        words[2 * target[i] + 1] = chunk[2 * i + 1]
      }
    }
    const order = sortSlices(
      ends,
      (a, b) => compareInt64(words, a, b),
      (a, b) => a - b
    )
    if (order === undefined) return
    const place = new Int32Array(order.length)
    for (let i = 0; i < order.length; i++) place[order[i]] = i
    for (const target of targets) for (let i = 0; i < target.length; i++) target[i] = place[target[i]]
  }

  private begin(batch: RecordBatch): void {
    this.users = new GatheredText(this.user)
    const names = batch.schema.fields.map(({ name }) => name).filter((name) => name !== this.user)
    this.columns = names.map((name) => {
      if (name === position.event) return new GatheredPlace()
      return isText(columnData(batch, name).type)
        ? new GatheredText(name)
        : new GatheredWords(name, wordType(columnData(batch, name)))
    })
  }

  private held(): number {
    return this.columns.reduce((sum, column) => sum + column.bytes(), this.users.bytes())
  }
}

interface Gathered {
  readonly name: string
  readonly append: (batch: RecordBatch, texts: ReadonlyMap<string, Texts>, part: number) => void
  readonly finish: (targets: ReadonlyArray<Int32Array>, rows: number, allocate: Allocate) => RunColumn
  readonly bytes: () => number
}

const scatter = (
  chunks: Array<Int32Array>,
  targets: ReadonlyArray<Int32Array>,
  rows: number,
  width: number,
  allocate: Allocate
): Int32Array => {
  const words = new Int32Array(allocate(rows * width * 4))
  for (const [k, target] of targets.entries()) {
    const chunk = chunks[k]
    if (width === 1) for (let i = 0; i < target.length; i++) words[target[i]] = chunk[i]
    else if (width === 2) {
      for (let i = 0; i < target.length; i++) {
        const to = target[i] * 2
        words[to] = chunk[2 * i]
        words[to + 1] = chunk[2 * i + 1]
      }
    } else {
      for (let i = 0; i < target.length; i++) {
        for (let w = 0; w < width; w++) words[target[i] * width + w] = chunk[i * width + w]
      }
    }
  }
  chunks.length = 0
  return words
}

class GatheredWords implements Gathered {
  readonly name: string
  readonly chunks: Array<Int32Array> = []
  private readonly type: WordType
  private readonly valid: Array<Uint8Array | undefined> = []
  private size = 0

  constructor(name: string, type: WordType) {
    this.name = name
    this.type = type
  }

  append(batch: RecordBatch): void {
    const data = columnData(batch, this.name)
    const words = wordsOf(data)
    this.chunks.push(words)
    this.valid.push(validRows(data))
    this.size += words.byteLength + (data.nullCount > 0 ? data.length : 0)
  }

  finish(targets: ReadonlyArray<Int32Array>, rows: number, allocate: Allocate): RunColumn {
    const { name, type } = this
    let valid: Uint8Array | undefined
    if (this.valid.some((chunk) => chunk !== undefined)) {
      valid = new Uint8Array(allocate(rows)).fill(1)
      for (const [k, target] of targets.entries()) {
        const chunk = this.valid[k]
        if (chunk !== undefined) for (let i = 0; i < target.length; i++) valid[target[i]] = chunk[i]
      }
    }
    const words = scatter(this.chunks, targets, rows, widths[type], allocate)
    return { name, type, json: false, words, valid, texts: undefined }
  }

  bytes(): number {
    return this.size
  }
}

/** The ordinals of events in their part become places. */
class GatheredPlace implements Gathered {
  readonly name = placeColumn
  private readonly chunks: Array<Int32Array> = []
  private size = 0

  append(batch: RecordBatch, _texts: ReadonlyMap<string, Texts>, part: number): void {
    const words = wordsOf(columnData(batch, position.event)).slice(0, batch.numRows * 2)
    for (let i = 1; i < words.length; i += 2) words[i] = part
    this.chunks.push(words)
    this.size += words.byteLength
  }

  finish(targets: ReadonlyArray<Int32Array>, rows: number, allocate: Allocate): RunColumn {
    const words = scatter(this.chunks, targets, rows, 2, allocate)
    return { name: placeColumn, type: "int64", json: false, words, valid: undefined, texts: undefined }
  }

  bytes(): number {
    return this.size
  }
}

class GatheredText implements Gathered {
  chunks: Array<Int32Array> = []
  readonly name: string
  /** The texts of all batches so far came from here, so that their codes need no translation. */
  private lasting: Texts | undefined
  private own: Interner | undefined
  private json = false
  private size = 0

  constructor(name: string) {
    this.name = name
  }

  append(batch: RecordBatch, texts: ReadonlyMap<string, Texts>): void {
    const view = textView(batch, this.name)
    this.json = view.json
    const lasting = texts.get(this.name)
    if (lasting !== undefined && (this.lasting ?? (this.chunks.length === 0 ? lasting : undefined)) === lasting) {
      this.lasting = lasting
      this.push(view.codes)
      return
    }
    if (this.own === undefined) this.takeOver()
    const { own } = this
    if (own === undefined) return
    const { bytes, codes, offsets, size } = view
    const meaning = new Int32Array(size).fill(-1)
    const mapped = new Int32Array(codes.length)
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i]
      if (code >= 0 && meaning[code] < 0) meaning[code] = own.intern(bytes, offsets[code], offsets[code + 1])
      mapped[i] = code < 0 ? -1 : meaning[code]
    }
    this.push(mapped)
  }

  texts(): TextArrays {
    return this.own ?? this.lasting ?? new Interner()
  }

  finish(targets: ReadonlyArray<Int32Array>, rows: number, allocate: Allocate): RunColumn {
    const texts = copyTexts(this.texts(), allocate)
    const words = scatter(this.chunks, targets, rows, 1, allocate)
    return { name: this.name, type: "text", json: this.json, words, valid: undefined, texts }
  }

  bytes(): number {
    const { offsets, size } = this.texts()
    return this.size + size * 16 + 2 * offsets[size]
  }

  private push(codes: Int32Array): void {
    this.chunks.push(codes)
    this.size += codes.byteLength
  }

  /** The texts have begun anew: from now on they are kept here. */
  private takeOver(): void {
    this.own = new Interner()
    if (this.lasting === undefined) return
    const { bytes, offsets, size } = this.lasting
    const meaning = new Int32Array(size)
    for (let code = 0; code < size; code++) meaning[code] = this.own.intern(bytes, offsets[code], offsets[code + 1])
    this.chunks = this.chunks.map((chunk) => chunk.map((code) => (code < 0 ? -1 : meaning[code])))
    this.lasting = undefined
  }
}

/** A copy of texts. */
export const copyTexts = ({ bytes, offsets, size }: TextArrays, allocate: Allocate): TextArrays => {
  const copy = {
    size,
    offsets: new Int32Array(allocate((size + 1) * 4)),
    bytes: new Uint8Array(allocate(offsets[size]))
  }
  copy.offsets.set(offsets.subarray(0, size + 1))
  copy.bytes.set(bytes.subarray(0, offsets[size]))
  return copy
}

/** The texts that are used, in order. `counts`: how often, by rank. */
const sortedTexts = (
  { bytes, offsets, size }: TextArrays,
  ranks: Int32Array,
  counts: Int32Array,
  used: number,
  allocate: Allocate
): TextArrays => {
  const codes = new Int32Array(size)
  for (let code = 0; code < size; code++) codes[ranks[code]] = code
  const sorted = new Int32Array(allocate((used + 1) * 4))
  let at = 0
  for (let rank = 0; rank < size; rank++) {
    if (counts[rank] === 0) continue
    const code = codes[rank]
    sorted[at + 1] = sorted[at] + offsets[code + 1] - offsets[code]
    at++
  }
  const text = new Uint8Array(allocate(sorted[used]))
  let to = 0
  for (let rank = 0; rank < size; rank++) {
    if (counts[rank] === 0) continue
    const code = codes[rank]
    for (let from = offsets[code]; from < offsets[code + 1]; from++) text[to++] = bytes[from]
  }
  return { size: used, offsets: sorted, bytes: text }
}

/** Where each of the users that have events ends. */
const endsOf = (counts: Int32Array, used: number, allocate: Allocate): Int32Array => {
  const ends = new Int32Array(allocate(used * 4))
  let end = 0
  let at = 0
  for (const count of counts) {
    if (count > 0) ends[at++] = end += count
  }
  return ends
}

const startsOf = (counts: Int32Array): Int32Array => {
  const starts = new Int32Array(counts.length)
  for (let rank = 1; rank < counts.length; rank++) starts[rank] = starts[rank - 1] + counts[rank - 1]
  return starts
}
