import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { textView } from "../../arrow/Columns.ts"
import type { Plan } from "../../plan/Plan.ts"
import { tableColumns } from "../../plan/Tables.ts"
import { Connections } from "../../plugin/Connections.ts"
import { atPlace, PluginError } from "../../plugin/PluginError.ts"
import { timeTextMicros } from "../../time/TimeText.ts"
import { foundText } from "../FieldText.ts"
import type { Judged, Previous } from "./Finding.ts"

/** What a run found, as it is remembered. */
export interface Remembered {
  /** `as_of` of the run, int64 microseconds since 1970: what tells runs apart. */
  readonly run: number
  readonly check: string
  readonly input: string | null
  readonly bound: string | null
  readonly outcome: string
  readonly value: number | null
  readonly n: number
}

/** What the runs of a plan found. A run is told by its `as_of`: one that is made again takes the place of itself. */
export class History {
  private readonly others: ReadonlyArray<Remembered>
  private readonly run: number

  /** `known`: all that was remembered; `run`: the `as_of` of this run. */
  constructor(known: ReadonlyArray<Remembered>, run: number) {
    this.others = known.filter((one) => one.run !== run)
    this.run = run
  }

  /** Of the latest run before this one that found something. */
  readonly previous: Previous = (check, input, bound) => {
    let found: Remembered | undefined
    for (const one of this.others) {
      const isSame = one.check === check && one.input === input && one.bound === bound
      if (isSame && one.value !== null && one.run < this.run && one.run > (found?.run ?? -Infinity)) found = one
    }
    return found?.value ?? undefined
  }

  /** All runs in order, with what this one found. */
  with(findings: ReadonlyArray<Judged>): ReadonlyArray<Remembered> {
    const own = findings.map(({ bound, check, input, n, outcome, value }) => ({
      run: this.run,
      check,
      input,
      bound,
      outcome,
      value,
      n
    }))
    return [...this.others, ...own].sort((a, b) => a.run - b.run)
  }
}

/** Reads the history of a plan that keeps one: none, where there is no such file yet. */
export const readHistory = Effect.fnUntraced(function* (plan: Plan, asOfMicros: number) {
  const write = plan.write.find(({ table }) => table === "history")
  const known: Array<Remembered> = []
  if (write === undefined || plan.checks.length === 0) return new History(known, asOfMicros)
  const placed = (error: PluginError) => atPlace("outputs.history", error)
  const connections = yield* Connections
  const sources = yield* connections
    .sources({ uri: write.uri, format: write.format })
    .pipe(Effect.catch((error) => (error.reason === "NotFound" ? Effect.succeed([]) : Effect.fail(placed(error)))))
  const columns = (tableColumns(plan, "history") ?? []).map(({ name }) => ({ name, path: name }))
  const request = { columns, digest: false, maxRecordBytes: plan.scan.max_record_bytes }
  for (const source of sources) {
    yield* Stream.runForEach(source.read(request).pipe(Stream.mapError(placed)), ({ records, rejects }) => {
      const read = rejects.numRows > 0 ? undefined : rememberedRows(records)
      if (read === undefined) {
        return Effect.fail(
          new PluginError({
            plugin: "checks",
            reason: "Data",
            message: `outputs.history: ${source.name} is not the history that a run has written`,
            hint: "name another file, or remove this one: then nothing is known of the runs before"
          })
        )
      }
      return Effect.sync(() => known.push(...read))
    })
  }
  return new History(known, asOfMicros)
})

/** Undefined where a row is none of a history. */
const rememberedRows = (records: RecordBatch): ReadonlyArray<Remembered> | undefined => {
  const decoder = new TextDecoder()
  const texts = (name: string) => {
    const view = textView(records, name)
    return (row: number): string | null =>
      view.codes[row] < 0 ? null : decoder.decode(foundText(view, view.codes[row]))
  }
  const [run, check, input, bound, outcome, value, n] = ["run", "check", "input", "bound", "outcome", "value", "n"].map(
    texts
  )
  const rows: Array<Remembered> = []
  for (let row = 0; row < records.numRows; row++) {
    const micros = timeTextMicros(run(row) ?? "")
    const name = check(row)
    const found = value(row)
    const number = found === null || found === "" ? null : Number(found)
    if (micros === undefined || name === null || Number.isNaN(number ?? 0)) return undefined
    rows.push({
      run: micros,
      check: name,
      input: input(row) || null,
      bound: bound(row) || null,
      outcome: outcome(row) ?? "",
      value: number,
      n: Number(n(row) ?? 0)
    })
  }
  return rows
}
