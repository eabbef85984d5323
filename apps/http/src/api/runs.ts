import { Api, NotFound, type Run } from "@sojourn/client"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import type { Limits } from "../Options.ts"
import { downloadTable, mediaTypes } from "../results/download.ts"
import { readPage } from "../results/readPage.ts"
import type { StoredTable } from "../results/Results.ts"
import { readSession } from "../results/readSession.ts"
import { hasEnded, Runs } from "../Runs.ts"
import { ShortJobs } from "../ShortJobs.ts"
import { attachment } from "./attachment.ts"

/** Runs and their results. */
export const runHandlers = ({ silentSeconds }: Limits) =>
  HttpApiBuilder.group(
    Api,
    "runs",
    Effect.fn(function* (handlers) {
      const runs = yield* Runs
      const jobs = yield* ShortJobs
      const ticks = Stream.tick(`${silentSeconds / 4} seconds`).pipe(Stream.drop(1))

      const tableOf = Effect.fnUntraced(function* (params: { readonly id: string; readonly table: string }) {
        const results = yield* runs.results(params.id)
        const table = results.tables.find(({ name }) => name === params.table)
        if (table === undefined) return yield* noTable(params.table, results.tables)
        return { results, table }
      })

      return handlers
        .handle("create", ({ payload }) => runs.create(payload))
        .handle("list", () => runs.list)
        .handle("get", ({ params }) => runs.get(params.id))
        .handle("progress", ({ params }) => Effect.map(runs.changes(params.id), repeated(ticks)))
        .handle("cancel", ({ params }) => runs.cancel(params.id))
        .handle("delete", ({ params }) => runs.delete(params.id))
        .handle("summary", ({ params }) => Effect.map(runs.results(params.id), ({ summary }) => summary))
        .handle("tables", ({ params }) =>
          Effect.map(runs.results(params.id), ({ tables }) =>
            tables.map(({ columns, name, rows, shown }) => ({ name, rows, columns, shown }))
          )
        )
        .handle("rows", ({ params, query: { columns, count, ...query } }) =>
          Effect.flatMap(tableOf(params), ({ results, table }) =>
            readPage(results, table, { ...query, ...listed(columns), count: count === "true" })
          )
        )
        .handle("download", ({ params, query: { columns, ...query } }) =>
          Effect.gen(function* () {
            const { results, table } = yield* tableOf(params)
            const format = query.format ?? "csv"
            const bytes = yield* downloadTable(results, table, { ...query, ...listed(columns) })
            return HttpServerResponse.stream(bytes, attachment(`${table.name}.${format}`, mediaTypes[format]))
          })
        )
        .handle("query", ({ params, payload }) =>
          Effect.flatMap(runs.querying(params.id, payload), (query) => jobs.query(query))
        )
        .handle("record", ({ params, query }) =>
          Effect.gen(function* () {
            const record = yield* Effect.flatMap(runs.placing(params.id, query), jobs.place)
            return record ?? (yield* noRecord(query))
          })
        )
        .handle("session", ({ params, query }) =>
          Effect.flatMap(runs.results(params.id), (results) => readSession(results, params.session, query))
        )
    })
  )

/** The columns of a request as a list. */
const listed = (columns: string | undefined) =>
  columns === undefined ? {} : { columns: columns.split(",").map((name) => name.trim()) }

/** Something must come now and then: a connection that is silent for long is taken for dead. */
const repeated =
  (ticks: Stream.Stream<void>) =>
  (changes: Stream.Stream<Run>): Stream.Stream<Run> =>
    changes.pipe(
      Stream.switchMap((run) => {
        const now = Stream.succeed(run)
        return hasEnded(run)
          ? now
          : Stream.concat(
              now,
              Stream.map(ticks, () => run)
            )
      })
    )

const noRecord = ({ event, source }: { readonly event: number; readonly source: string }) =>
  new NotFound({ code: "record", detail: `the run has no record ${event} of "${source.slice(0, 100)}"` })

const noTable = (name: string, tables: ReadonlyArray<StoredTable>) =>
  new NotFound({
    code: "table",
    detail: `the run has no table "${name.slice(0, 100)}"`,
    hint: `there is ${tables.map((table) => table.name).join(", ")}`
  })
