import { type Plan, PluginError, type Sink, tableColumns } from "@sojourn/core"
import * as Effect from "effect/Effect"
import type { Schema } from "apache-arrow"
import { open } from "node:fs/promises"
import { join } from "node:path"
import { keptColumns } from "./keptColumns.ts"
import type { StoredTable } from "./Results.ts"
import { TableWriter } from "./TableFile.ts"

/** Tables of a run as files of one directory, which is put in place as a whole when the run is done. */
export class ResultsDirectory {
  readonly tables: Array<StoredTable> = []
  private readonly directory: string
  private readonly plan: Plan
  private readonly shown: Readonly<Record<string, ReadonlyArray<string>>>
  private opened = 0

  constructor(directory: string, plan: Plan, shown: Readonly<Record<string, ReadonlyArray<string>>>) {
    this.directory = directory
    this.plan = plan
    this.shown = shown
  }

  /** The sink of one table. Its file is named by a number: a table's name is a user's. */
  sink(name: string, schema: Schema) {
    const { directory, plan, shown, tables } = this
    const file = String(this.opened++)
    const columns = keptColumns(plan, name) ?? []
    return Effect.acquireRelease(
      attempt(() => open(join(directory, file), "wx")),
      (handle) => Effect.promise(() => handle.close())
    ).pipe(
      Effect.map((handle): Sink => {
        const writer = new TableWriter(handle, schema)
        return {
          write: (batch) => attempt(() => writer.write(batch)),
          prepare: attempt(async () => {
            const blocks = await writer.finish()
            const usual = (tableColumns(plan, name) ?? []).map((column) => column.name)
            tables.push({ name, file, rows: writer.rows, columns, blocks, shown: shown[name] ?? usual })
          }),
          commit: Effect.void
        }
      })
    )
  }
}

const attempt = <A>(run: () => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => {
      const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
      return new PluginError({
        plugin: "results",
        reason: "Transient",
        message: code === "ENOSPC" ? "no space is left for the results" : `the results cannot be written: ${code}`,
        cause
      })
    }
  })
