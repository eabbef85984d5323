import type { Engine, Problem, Run, RunProgress } from "../engine/Engine.ts"
import type { NamedFile } from "../engine/NamedFile.ts"
import type { Filter } from "../engine/Query.ts"
import type { Settings } from "../engine/Settings.ts"

/** What the page may ask of the worker: by name, the arguments and the answer. Plain data. */
export interface Calls {
  readonly recognise: {
    readonly args: [files: ReadonlyArray<NamedFile>, settings: Settings, nowMicros: number]
    readonly answer: Awaited<ReturnType<Engine["recognise"]>>
  }
  readonly run: {
    readonly args: [run: number, files: ReadonlyArray<NamedFile>, settings: Settings, asOfMicros: number]
    readonly answer: StartedRun
  }
  readonly plan: {
    readonly args: [files: ReadonlyArray<NamedFile>, settings: Settings, asOfMicros: number]
    readonly answer: Planned
  }
  readonly load: {
    readonly args: [run: number, address: string, id: string, files: ReadonlyArray<NamedFile>]
    readonly answer: StartedRun
  }
  readonly cancel: { readonly args: [run: number]; readonly answer: void }
  readonly release: { readonly args: [run: number]; readonly answer: void }
  readonly types: OfRun<"types">
  readonly rejectedLines: OfRun<"rejectedLines">
  readonly overview: OfRun<"overview">
  readonly timeline: OfRun<"timeline">
  readonly page: OfRun<"page">
  readonly session: OfRun<"session">
  readonly lines: OfRun<"lines">
  readonly line: OfRun<"line">
  readonly download: OfRun<"download">
  readonly compare: {
    readonly args: [run: number, other: number, filter: Filter]
    readonly answer: Awaited<ReturnType<Run["compare"]>>
  }
}

/** A job as a server takes it, and the words for a shell that do the same. */
export interface Planned {
  readonly spec: string
  readonly params: Readonly<Record<string, string>>
  readonly command: string
}

type OfRun<
  Name extends "types" | "rejectedLines" | "overview" | "timeline" | "page" | "session" | "lines" | "line" | "download"
> = {
  readonly args: [run: number, ...Parameters<Run[Name]>]
  readonly answer: Awaited<ReturnType<Run[Name]>>
}

export type StartedRun = Pick<Run, "summary" | "names" | "timezone" | "spec" | "command" | "params" | "declared">

export type CallName = keyof Calls

export interface Request<Name extends CallName = CallName> {
  readonly id: number
  readonly call: Name
  readonly args: Calls[Name]["args"]
}

export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly problem: Problem }
  | { readonly id: number; readonly defect: string }
  | { readonly run: number; readonly progress: RunProgress }
