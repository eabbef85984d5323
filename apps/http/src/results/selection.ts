import { Unprocessable } from "@sojourn/client"
import { type ExpressionFailed, pickColumns, rowCondition, type TableColumns } from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { StoredTable } from "./Results.ts"

/** Which rows and columns of a table are wanted. */
export interface Selection {
  /** Rows of a batch for which the filter holds, ascending; all of them without one. */
  readonly rows: ((batch: RecordBatch) => Int32Array) | undefined
  readonly columns: StoredTable["columns"]
  readonly pick: (batch: RecordBatch) => RecordBatch
}

/** What a request says of it: a condition, and names of columns. */
export interface SelectionRequest {
  readonly filter?: string
  readonly columns?: ReadonlyArray<string>
}

/** Reads that against a table. */
export const readSelection = Effect.fnUntraced(function* (
  table: StoredTable,
  request: SelectionRequest,
  timezone: string
) {
  const names = request.columns ?? table.shown
  const columns: Array<StoredTable["columns"][number]> = []
  for (const name of new Set(names)) columns.push(yield* columnOf(table, name))
  const rows = request.filter === undefined ? undefined : yield* readFilter(table, request.filter, timezone)
  const picked = columns.map(({ name }) => name)
  const selection: Selection = { rows, columns, pick: (batch) => pickColumns(batch, picked) }
  return selection
})

/** A column by its name. */
export const columnOf = ({ columns, name: table }: StoredTable, name: string) => {
  const column = columns.find((one) => one.name === name)
  if (column !== undefined) return Effect.succeed(column)
  return Effect.fail(
    new Unprocessable({
      code: "column",
      detail: `the table ${table} has no column "${name.slice(0, 100)}"`,
      hint: `there is ${columns.map((one) => one.name).join(", ")}`
    })
  )
}

const readFilter = (table: StoredTable, text: string, timezone: string) =>
  Result.match(rowCondition(text, table.columns as TableColumns, timezone), {
    onSuccess: Effect.succeed,
    onFailure: ({ from, hint, message }) =>
      Effect.fail(
        new Unprocessable({
          code: "filter",
          detail: `filter, character ${from + 1}: ${message}`,
          ...(hint === undefined ? {} : { hint })
        })
      )
  })

/** A filter that has no value for some row. */
export const filterFailed = ({ message }: ExpressionFailed): Unprocessable =>
  new Unprocessable({ code: "filter", detail: message })
