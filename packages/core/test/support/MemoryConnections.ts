import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Connections } from "../../src/plugin/Connections.ts"
import { PluginError } from "../../src/plugin/PluginError.ts"
import type { ReportSink, ReportTables } from "../../src/plugin/ReportSink.ts"
import type { Sink } from "../../src/plugin/Sink.ts"
import type { Source, SourceBatch } from "../../src/plugin/Source.ts"
import { type PlainRow, plainRows } from "./plain.ts"
import { decodeRows, type Row } from "./records.ts"

/** An input of a run: its uri is the one that the plan names. */
export interface MemoryInput {
  readonly rows: ReadonlyArray<Row>
  readonly cuts?: ReadonlyArray<number>
  readonly bytes?: number
}

export type Step = "sources" | "read" | "sink" | "write" | "prepare" | "commit"

/** Sources and sinks in memory, which fail at the step and uri asked for and note what happened. */
export class MemoryConnections {
  /** `step uri`, in the order in which things happened; `close uri` when a sink's scope closed. */
  readonly log: Array<string> = []
  /** What was committed, by table. */
  readonly committed = new Map<string, ReadonlyArray<PlainRow>>()
  /** The column names of every sink that was opened, by table. */
  readonly schemas = new Map<string, ReadonlyArray<string>>()
  /** What reports were given, by uri, once they were committed. */
  readonly reports = new Map<string, ReportTables>()
  private readonly inputs: Readonly<Record<string, ReadonlyArray<MemoryInput>>>
  private readonly fails: string | undefined

  /** `fails`: the `step uri` that fails. An input may have several sources, as a directory has. */
  constructor(inputs: Readonly<Record<string, ReadonlyArray<MemoryInput>>>, fails?: `${Step} ${string}`) {
    this.inputs = inputs
    this.fails = fails
  }

  get layer(): Layer.Layer<Connections> {
    return Layer.succeed(Connections, {
      sources: ({ uri }) =>
        this.step("sources", uri).pipe(
          Effect.as((this.inputs[uri] ?? []).map((input, i) => this.source(`${uri}/${i + 1}`, input)))
        ),
      report: (_, uri) => this.step("sink", uri).pipe(Effect.as(this.reportSink(uri))),
      sink: ({ table, uri }, schema) =>
        this.step("sink", uri).pipe(
          Effect.andThen(Effect.sync(() => this.schemas.set(table, schema.names.map(String)))),
          Effect.andThen(Effect.addFinalizer(() => Effect.sync(() => this.log.push(`close ${uri}`)))),
          Effect.as(this.sink(table, uri))
        )
    })
  }

  private source(name: string, input: MemoryInput): Source {
    return {
      name,
      bytes: input.bytes,
      read: (request) =>
        Stream.fromIterable(decodeRows(request, input.rows, input.cuts)).pipe(
          Stream.mapEffect((batch) =>
            this.step("read", name).pipe(
              Effect.as({ ...batch, bytes: batch.raw.length, notes: ["in memory"] } as SourceBatch)
            )
          )
        )
    }
  }

  private sink(table: string, uri: string): Sink {
    const rows: Array<PlainRow> = []
    return {
      write: (batch: RecordBatch) =>
        this.step("write", uri).pipe(Effect.andThen(Effect.sync(() => rows.push(...plainRows(batch))))),
      prepare: this.step("prepare", uri),
      commit: this.step("commit", uri).pipe(Effect.andThen(Effect.sync(() => this.committed.set(table, rows))))
    }
  }

  private reportSink(uri: string): ReportSink {
    let given: ReportTables = new Map()
    return {
      write: (tables) => this.step("write", uri).pipe(Effect.andThen(Effect.sync(() => void (given = tables)))),
      prepare: this.step("prepare", uri),
      commit: this.step("commit", uri).pipe(Effect.andThen(Effect.sync(() => this.reports.set(uri, given))))
    }
  }

  private step(step: Step, uri: string): Effect.Effect<void, PluginError> {
    return Effect.suspend(() => {
      this.log.push(`${step} ${uri}`)
      return this.fails === `${step} ${uri}`
        ? Effect.fail(new PluginError({ plugin: "memory", reason: "Internal", message: `${step} failed` }))
        : Effect.void
    })
  }
}
