import type { RecordBatch } from "apache-arrow"
import * as Result from "effect/Result"
import { type Computed, compute } from "../../src/engine/Compute.ts"
import { Expressions } from "../../src/engine/Expressions.ts"
import type { Lookup } from "../../src/engine/Lookup.ts"
import { Tables } from "../../src/engine/Tables.ts"
import type { TimeNotes, TimeRange } from "../../src/engine/TimeColumn.ts"
import { makeValidate } from "../../src/engine/Validate.ts"
import { makePlan } from "../../src/plan/makePlan.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import { tableColumns } from "../../src/plan/Tables.ts"
import type { DecodeRequest } from "../../src/plugin/Decoder.ts"
import { emptyBlock } from "../../src/run/emptyBlock.ts"
import { type Block, Merge } from "../../src/run/Merge.ts"
import { RunBuilder } from "../../src/run/RunBuilder.ts"
import { wholeRun } from "../../src/run/RunReader.ts"
import { readSpec, type SpecValues } from "../../src/spec/readSpec.ts"
import { timeTextMicros } from "../../src/time/TimeText.ts"
import { type PlainRow, plainRows } from "./plain.ts"
import { decodeRows, type Row } from "./records.ts"

/** What every spec starts with; line 4 is the first of what a test adds. */
export const head = "version: 1\nname: test\nsource: { uri: events.json }\n"

export const noValues: SpecValues = { params: {}, env: {} }

/** The plan of a spec without its {@link head}. */
export const planOf = (body: string, values: SpecValues = noValues): Plan =>
  Result.getOrThrow(makePlan(Result.getOrThrow(readSpec("spec.yaml", head + body, values))))

export const requestOf = ({ scan }: Pick<Plan, "scan">): DecodeRequest => ({
  columns: scan.columns,
  digest: scan.digest,
  maxRecordBytes: scan.max_record_bytes
})

export interface Options {
  /** ISO 8601; 2024-07-11 unless given. */
  readonly asOf?: string
  /** Row numbers before which a new batch begins. */
  readonly cuts?: ReadonlyArray<number>
  /** No time is implausible unless given. */
  readonly range?: TimeRange
  readonly bindings?: ReadonlyMap<string, string>
  readonly lookups?: ReadonlyArray<Lookup>
  /** A block of users ends when it has so many rows; all are one block unless given. */
  readonly blockRows?: number
}

export interface Outcome {
  /** Of the first block. */
  readonly computed: Computed
  /** A table of the plan, with all its columns. */
  readonly table: (name: string) => ReadonlyArray<PlainRow>
  /** The first batch of a table. */
  readonly batch: (name: string) => RecordBatch
  readonly rejects: ReadonlyArray<PlainRow>
  readonly filtered: number
  readonly times: TimeNotes
}

/** Validates and computes rows of one input, `events.json`, without an engine. */
export const runPlan = (plan: Plan, rows: ReadonlyArray<Row>, options: Options = {}): Outcome => {
  const { bindings = new Map(), blockRows = Infinity, cuts, lookups = [] } = options
  const range = options.range ?? { from: -Infinity, to: Infinity, outside: "warn" }
  const validate = makeValidate(plan, range, { bindings, lookups })
  const builder = new RunBuilder(plan.validate.user.name, plan.validate.time.name)
  let blocks: ReadonlyArray<Block> = []
  const rejects: Array<PlainRow> = []
  let filtered = 0
  const times = { local: 0, skipped: 0, doubled: 0, outside: 0 }
  for (const batch of decodeRows(requestOf(plan), rows, cuts)) {
    const validated = validate(batch, "events.json")
    if (blocks.length === 0) blocks = [emptyBlock(validated.events.slice(0, 0))]
    builder.append(validated.events, validated.texts, 0)
    rejects.push(...plainRows(validated.rejects))
    filtered += validated.filtered
    for (const key of ["local", "skipped", "doubled", "outside"] as const) times[key] += validated.times[key]
  }
  const asOfMicros = timeTextMicros(options.asOf ?? "2024-07-11T00:00:00Z") ?? NaN
  if (builder.rows > 0) {
    const merge = new Merge(plan.validate.user.name, [wholeRun(builder.finish((bytes) => new ArrayBuffer(bytes)))])
    blocks = [...merge.blocks({ from: undefined, to: undefined }, blockRows)]
  }
  const expressions = new Expressions(plan.timezone, bindings)
  const context = { asOfMicros, parts: [{ source: "events.json", input: 0, before: 0 }], expressions }
  const computed = blocks.map((block) => compute(plan, block, context))
  const columns = (name: string) => (tableColumns(plan, name) ?? []).map((column) => column.name)
  const batches = (name: string): ReadonlyArray<RecordBatch> => {
    if (!plan.tables.some((one) => one.name === name)) return computed.map((one) => one.table(name, columns(name)))
    const tables = new Tables(plan, bindings)
    const given = [...computed.map((one) => tables.add(one)), tables.finish()]
    return given.flatMap((made) => made.get(name) ?? [])
  }
  return {
    computed: computed[0],
    table: (name) => batches(name).flatMap(plainRows),
    batch: (name) => batches(name)[0],
    rejects,
    filtered,
    times
  }
}

/** {@link runPlan} of a spec without its {@link head}. */
export const runSpec = (body: string, rows: ReadonlyArray<Row>, options: Options = {}): Outcome =>
  runPlan(planOf(body), rows, options)
