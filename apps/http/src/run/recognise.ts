import type { Mapping, Recognised } from "@sojourn/client"
import { type ColumnProfile, timeFormatOf } from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Limits } from "../Options.ts"
import { explain } from "./explain.ts"
import type { JobInput } from "./Job.ts"
import { guessSpec, sampleFiles } from "./planRun.ts"

const shownSamples = 5
const sampleLength = 200

/** What the beginning of some files looks like, and the spec that a mapping leads to, or why it leads to none. */
export const recognise = Effect.fn("recognise")(function* (
  input: JobInput,
  mapping: Mapping,
  nowMicros: number,
  limits: Limits
) {
  const sample = yield* sampleFiles(input, mapping, limits)
  const guessed = yield* Effect.result(guessSpec(input, mapping, sample, nowMicros))
  const recognised: Recognised = {
    records: sample.records,
    rejected: sample.rejected,
    whole: sample.whole,
    notes: sample.notes,
    headerless:
      sample.headerless === undefined ? null : { file: sample.headerless.path, first_row: sample.headerless.firstRow },
    columns: sample.columns.map((column) => profile(column, nowMicros / 1e6)),
    ...Result.match(guessed, {
      onSuccess: ({ guess, text }) => ({ guess, spec: text, problem: null }),
      onFailure: (error) => {
        const { code, detail, hint } = explain(error) ?? { code: "defect", detail: String(error) }
        return { guess: [], spec: null, problem: { code, detail, ...(hint === undefined ? {} : { hint }) } }
      }
    })
  }
  return recognised
})

const decoder = new TextDecoder()

const profile = (column: ColumnProfile, nowSeconds: number): Recognised["columns"][number] => {
  const { distinct, filled, kind, path, records, values } = column
  const samples = new Set<string>()
  for (const value of values) {
    if (samples.size === shownSamples) break
    samples.add(decoder.decode(value).slice(0, sampleLength))
  }
  const time = kind === "text" || kind === "number" ? timeFormatOf(column, nowSeconds) : undefined
  const reading = time?.kind === "format" ? { format: time.format, parsed: time.parsed, total: time.total } : null
  return { path, kind, records, filled, distinct, samples: [...samples], time: reading }
}
