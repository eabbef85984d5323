import * as Result from "effect/Result"
import { type Computed, compute } from "../../src/engine/Compute.ts"
import { Events } from "../../src/engine/Events.ts"
import type { TimeNotes, TimeRange } from "../../src/engine/TimeColumn.ts"
import { makeValidate } from "../../src/engine/Validate.ts"
import { makePlan } from "../../src/plan/makePlan.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import { tableColumns } from "../../src/plan/Tables.ts"
import type { DecodeRequest } from "../../src/plugin/Decoder.ts"
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
}

export interface Outcome {
  readonly computed: Computed
  /** A table of the plan, with all its columns. */
  readonly table: (name: string) => ReadonlyArray<PlainRow>
  readonly rejects: ReadonlyArray<PlainRow>
  readonly times: TimeNotes
}

/** Validates and computes rows of one input, `events.json`, without an engine. */
export const runPlan = (plan: Plan, rows: ReadonlyArray<Row>, options: Options = {}): Outcome => {
  const validate = makeValidate(plan, options.range ?? { from: -Infinity, to: Infinity, outside: "warn" })
  const events = new Events()
  const rejects: Array<PlainRow> = []
  const times = { local: 0, skipped: 0, doubled: 0, outside: 0 }
  for (const batch of decodeRows(requestOf(plan), rows, options.cuts)) {
    const validated = validate(batch, "events.json")
    events.append(validated.events, "events.json")
    rejects.push(...plainRows(validated.rejects))
    for (const key of ["local", "skipped", "doubled", "outside"] as const) times[key] += validated.times[key]
  }
  const asOf = timeTextMicros(options.asOf ?? "2024-07-11T00:00:00Z") ?? NaN
  const computed = compute(plan, events.finish(), asOf)
  const columns = (name: string) => (tableColumns(plan, name) ?? []).map((column) => column.name)
  return { computed, table: (name) => plainRows(computed.table(name, columns(name))), rejects, times }
}

/** {@link runPlan} of a spec without its {@link head}. */
export const runSpec = (body: string, rows: ReadonlyArray<Row>, options: Options = {}): Outcome =>
  runPlan(planOf(body), rows, options)
