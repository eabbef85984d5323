import { EventStore, type Kernels, type Texts } from "@sojourn/kernels"
import type { TextView } from "../arrow/Columns.ts"
import type { PlainFields } from "../engine/Validate.ts"
import type { WantedColumn, HeldBatch } from "../plugin/EventBatch.ts"
import { placeColumn } from "./Place.ts"
import type { Run, RunColumn } from "./Run.ts"
import { type Allocate, copyTexts } from "./RunBuilder.ts"

/** A field as it is checked by the kernels: see {@link EventStore}. */
interface Field {
  readonly name: string
  readonly path: string
  readonly column: number
  readonly texts: NonNullable<PlainFields["fields"][number]["texts"]> | undefined
  /** The column of the store. */
  readonly target: number
  readonly json: boolean
  /** The dictionary of the field so far, and how much of it the store knows. */
  lasting: Texts | undefined
  values: Texts | undefined
  known: number
}

/**
 * Accepted events in the memory of the kernels, for plans whose fields are plain: records are checked, kept and sorted
 * there without passing through JavaScript. What is not plain about a record is left to the caller.
 */
export class KernelEvents {
  private readonly store: EventStore
  private readonly order: ReadonlyArray<string>
  private readonly fields: ReadonlyArray<Field>
  private readonly user: Field
  private readonly time: string
  private readonly isUtc: boolean
  /** A dictionary began anew, or ended: no more records can be taken before the run is. */
  private isFull = false

  /** `order`: the names of the columns of a run in their order. */
  constructor(
    kernels: Kernels,
    { fields, isUtc, range }: PlainFields,
    columns: ReadonlyArray<WantedColumn>,
    user: string,
    order: ReadonlyArray<string>
  ) {
    this.order = order
    this.isUtc = isUtc
    let next = 1
    this.fields = fields.map(({ json, name, path, texts }) => ({
      name,
      path,
      texts,
      json,
      column: columns.findIndex((column) => column.path === path),
      target: texts === undefined ? -1 : name === user ? 0 : next++,
      lasting: undefined,
      values: undefined,
      known: 0
    }))
    this.user = this.fields.find(({ target }) => target === 0) as Field
    this.time = fields.find(({ texts }) => texts === undefined)?.name ?? ""
    const checks = this.fields.map(({ column, target }, i) => ({
      column,
      target,
      isTime: target < 0,
      nullable: !fields[i].required
    }))
    this.store = new EventStore(kernels, checks, next, range)
  }

  /** Bytes held, roughly. */
  get bytes(): number {
    return this.store.rows * this.store.rowBytes
  }

  get rows(): number {
    return this.store.rows
  }

  /** Takes the good ones among records of a part; gives the rows of the others. Undefined: it can take none of them. */
  accept({ held, json, local }: HeldBatch, part: number): Int32Array | undefined {
    if (this.isFull || (local && !this.isUtc) || !this.learn(held.texts, json)) return undefined
    return this.store.accept(held.table, held.rows, part)
  }

  /** What was taken as a run, sorted by user and time. */
  takeRun(allocate: Allocate): Run {
    const { fields, store, time, user } = this
    const names = user.values ?? { size: 0, offsets: new Int32Array(1), bytes: new Uint8Array(0) }
    const sorted = store.sort(names)
    const { rows } = store
    const words = (width: number, fill: (to: Int32Array) => void): Int32Array => {
      const made = new Int32Array(allocate(rows * width * 4))
      fill(made)
      return made
    }
    const columns: Array<RunColumn> = [
      { name: time, type: "timestamp", json: false, words: words(2, sorted.times), valid: undefined, texts: undefined }
    ]
    for (const { json, name, target, values } of fields) {
      if (target <= 0) continue
      const texts = copyTexts(values ?? names, allocate)
      const codes = words(1, (to) => sorted.column(target, to))
      columns.push({ name, type: "text", json, words: codes, valid: undefined, texts })
    }
    const places = words(2, sorted.places)
    columns.push({ name: placeColumn, type: "int64", json: false, words: places, valid: undefined, texts: undefined })
    // All runs have their columns in one order.
    columns.sort((a, b) => this.order.indexOf(a.name) - this.order.indexOf(b.name))
    const ends = new Int32Array(allocate(sorted.ends.byteLength))
    ends.set(sorted.ends)
    const run = { rows, users: copyTexts(sorted.users, allocate), ends, columns }
    store.clear()
    for (const field of fields) {
      field.lasting = undefined
      field.known = 0
    }
    this.isFull = false
    return run
  }

  /** Tells the store what it does not know yet of the texts that the records use. */
  private learn(textsOf: (column: number) => Texts | undefined, json: boolean): boolean {
    for (const [check, field] of this.fields.entries()) {
      if (field.texts === undefined) continue
      const lasting = textsOf(field.column)
      if (lasting === undefined || (field.lasting !== undefined && field.lasting !== lasting)) {
        this.isFull = true
        return false
      }
      const { judged, text } = field.texts.read(viewOf(lasting, json), lasting)
      field.lasting = lasting
      field.values = text.values
      this.store.setTexts(check, text.meaning, judged.verdicts, field.known, lasting.size)
      field.known = lasting.size
    }
    return true
  }
}

/** A column without rows. */
const viewOf = ({ bytes, offsets, size }: Texts, json: boolean): Omit<TextView, "dictionary"> => ({
  codes: noCodes,
  size,
  offsets,
  bytes,
  json
})

const noCodes = new Int32Array(0)
