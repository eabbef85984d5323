import type { Aggregate } from "@sojourn/client"
import {
  bindingValues,
  makePlan,
  pickColumns,
  PluginError,
  readParams,
  readSpec,
  SpecDocument,
  type SpecError,
  type TableRows,
  tableColumns,
  Tables
} from "@sojourn/core"
import * as Effect from "effect/Effect"
import { join } from "node:path"
import { readResults } from "../results/Results.ts"
import { rowsAsJson } from "../results/rowsAsJson.ts"
import { readBlocks } from "../results/TableFile.ts"
import type { TableQuery } from "./Job.ts"
import { standIns } from "./planRun.ts"

/** The query among the tables of the spec. */
const name = "the query"

/**
 * A table that the spec of a run might have had, made from the tables that the run has kept. Only groups: single rows are
 * read by page.
 */
export const queryTable = Effect.fn("queryTable")(function* ({ directory, spec, table }: TableQuery) {
  const params = yield* Effect.fromResult(readParams(spec.file, spec.text))
  const values = { params: { ...standIns(params), ...spec.params }, env: spec.environment }
  const plan = yield* Effect.fromResult(readSpec("query", withTable(spec.file, spec.text, table), values)).pipe(
    Effect.flatMap((read) => Effect.fromResult(makePlan(read))),
    Effect.mapError(asQueryError)
  )
  const made = plan.tables.filter((one) => one.name === name)
  if (!made.every((one) => one.kind === "table" && one.grouped)) return yield* noGroups
  const results = yield* Effect.promise(() => readResults(directory))
  const from = results?.tables.find((one) => one.name === table.from)
  if (from === undefined) return yield* noGroups
  const state = new Tables({ ...plan, tables: made }, bindingValues(plan, spec.environment))
  const [{ columns }] = state.needs
  const rows = yield* Effect.promise(async (): Promise<TableRows> => {
    for await (const { batch } of readBlocks(join(directory, from.file), from.blocks)) {
      state.add({ table: () => pickColumns(batch, columns) })
    }
    return state.finish()
  }).pipe(Effect.catchDefect((error) => Effect.fail(error)))
  const batch = rows.get(name)
  const aggregate: Aggregate = {
    columns: [...(tableColumns(plan, name) ?? [])],
    rows: batch === undefined ? [] : rowsAsJson(batch)
  }
  return aggregate
})

/** The text of a spec with one more table, after its own. */
const withTable = (file: string, text: string, table: TableQuery["table"]): string => {
  const spec = SpecDocument.parse(file, text).value as Readonly<Record<string, object | undefined>>
  return JSON.stringify({ ...spec, tables: { ...spec.tables, [name]: table } })
}

/** The places of its problems are in a text that nobody has written. */
const asQueryError = (error: SpecError): PluginError => {
  const [{ hint, message }] = error.problems
  return new PluginError({
    plugin: "query",
    reason: "Config",
    message: `the query: ${message}`,
    ...(hint === undefined ? {} : { hint })
  })
}

const noGroups = new PluginError({
  plugin: "query",
  reason: "Config",
  message: "the query has no groups and no measures",
  hint: "give by, or measures such as count(*); rows as they are come from tables/TABLE/rows"
})
