import type {
  Aggregate,
  AggregateRequest,
  Mapping,
  PlacedRecord,
  Recognised,
  RunProblem,
  RunProgress
} from "@sojourn/client"
import type { InputFile } from "@sojourn/node"
import type { Limits } from "../Options.ts"

/** What a process is to read: the files by their names, or one uri of the configuration. */
export type JobInput = { readonly files: ReadonlyArray<InputFile> } | { readonly uri: string }

/** What to do with it: a spec as text, with its name in messages and its values, or what is guessed from a mapping. */
export type JobSpec =
  | {
      readonly file: string
      readonly text: string
      /** Where the files beside a recipe are; a spec that was sent has none. */
      readonly folder?: string
      readonly params: Readonly<Record<string, string>>
      readonly environment: Readonly<Record<string, string>>
    }
  | { readonly mapping: Mapping }

/** Everything that a process is told at its start. */
export type Job =
  | {
      readonly kind: "run"
      readonly input: JobInput
      readonly spec: JobSpec
      readonly asOfMicros: number
      readonly threads: number
      readonly eventBytes: number
      readonly limits: Limits
      /** Where the results go: a directory that does not exist yet. */
      readonly results: string
    }
  | { readonly kind: "query"; readonly query: TableQuery; readonly limits: Limits }
  | { readonly kind: "place"; readonly query: RecordQuery; readonly limits: Limits }
  | {
      readonly kind: "recognise"
      readonly input: JobInput
      readonly mapping: Mapping
      readonly nowMicros: number
      readonly limits: Limits
    }

/** A spec whose text is known. */
export type JobText = Exclude<JobSpec, { readonly mapping: Mapping }>

/** A record of a run: of its input, read by its spec, in one of its sources, by its number there. */
export interface RecordQuery {
  readonly input: JobInput
  readonly spec: JobText
  readonly source: string
  readonly event: number
}

/** A table to be made of the results of a run: those of a directory, of a spec. */
export interface TableQuery {
  readonly directory: string
  readonly spec: JobText
  readonly table: AggregateRequest
}

/** What the process tells meanwhile and at its end. */
export type Tell =
  | { readonly tell: "planned"; readonly spec: string; readonly guess: Recognised["guess"] }
  | { readonly tell: "progress"; readonly progress: Omit<RunProgress, "seconds"> }
  | { readonly tell: "recognised"; readonly recognised: Recognised }
  | { readonly tell: "queried"; readonly aggregate: Aggregate }
  | { readonly tell: "placed"; readonly record: PlacedRecord | null }
  | { readonly tell: "done" }
  | { readonly tell: "failed"; readonly problem: RunProblem }
