import { type Page, type Row, Unprocessable } from "@sojourn/client"
import { ExpressionFailed, selectBatch } from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import { join } from "node:path"
import { cursorText, readCursor } from "./Cursor.ts"
import type { StoredResults, StoredTable } from "./Results.ts"
import { rowsAsJson } from "./rowsAsJson.ts"
import { columnOf, filterFailed, readSelection, type Selection, type SelectionRequest } from "./selection.ts"
import { readBlocks } from "./TableFile.ts"
import { type CompareKeys, compareKeys, keysOf, type Ranked, TopRows } from "./TopRows.ts"

/** What a page is asked for; without `sort` rows come in the order of the table. */
export interface PageRequest extends SelectionRequest {
  readonly sort?: string
  readonly after?: string
  readonly limit?: number
  readonly count?: boolean
}

const usualLimit = 100

/** Results and the directory of their tables. */
export type OpenResults = StoredResults & { readonly directory: string }

/**
 * A page of a table, which is read block by block: what is kept of it is no more than the page. A sorted page reads the
 * whole column that it is sorted by; no index is made, for most tables are looked at once.
 */
export const readPage = Effect.fn("readPage")(function* (
  results: OpenResults,
  table: StoredTable,
  request: PageRequest
) {
  const selection = yield* readSelection(table, request, results.timezone)
  const after = request.after === undefined ? undefined : readCursor(request.after)
  if (request.after !== undefined && after === undefined) return yield* badCursor
  const order = request.sort === undefined ? undefined : yield* readOrder(table, request.sort, results.user)
  const asked: Asked = { selection, after, limit: request.limit ?? usualLimit, count: request.count ?? false }
  const path = join(results.directory, table.file)
  return yield* Effect.tryPromise({
    try: () => (order === undefined ? pageInOrder(path, table, asked) : sortedPage(path, table, asked, order)),
    catch: (cause) => {
      if (cause instanceof ExpressionFailed) return filterFailed(cause)
      throw cause
    }
  })
})

const badCursor = new Unprocessable({
  code: "after",
  detail: "after: this is no cursor",
  hint: "take `next` of the page before, with the same sort and filter"
})

interface Asked {
  readonly selection: Selection
  readonly after: Ranked | undefined
  readonly limit: number
  readonly count: boolean
}

interface Order {
  readonly column: string
  readonly compare: (a: Ranked, b: Ranked) => number
}

const readOrder = Effect.fnUntraced(function* (table: StoredTable, sort: string, user: string) {
  const isDescending = sort.startsWith("-")
  const { name } = yield* columnOf(table, isDescending ? sort.slice(1) : sort)
  const keys = compareKeys(name === user)
  const directed: CompareKeys = isDescending ? (a, b) => keys(b, a) : keys
  const order: Order = { column: name, compare: (a, b) => directed(a.key, b.key) || a.row - b.row }
  return order
})

/** Rows of a block that are wanted. */
const chosen = ({ rows }: Selection, batch: RecordBatch): Int32Array =>
  rows?.(batch) ?? Int32Array.from({ length: batch.numRows }, (_, row) => row)

const pageInOrder = async (path: string, table: StoredTable, asked: Asked): Promise<Page> => {
  const { after, count, limit, selection } = asked
  const isCounted = count && selection.rows !== undefined
  const first = after === undefined ? 0 : after.row + 1
  const rows: Array<Row> = []
  let matched = 0
  let last = 0
  let isMore = false
  for await (const { batch, start } of readBlocks(path, table.blocks, (_, end) => isCounted || end > first)) {
    const wanted = chosen(selection, batch)
    matched += wanted.length
    const from = wanted.findIndex((row) => start + row >= first)
    if (from >= 0 && !isMore) {
      const taken = wanted.subarray(from, from + limit - rows.length)
      rows.push(...rowsAsJson(selection.pick(selectBatch(batch, taken))))
      if (taken.length > 0) last = start + taken[taken.length - 1]
      isMore = from + taken.length < wanted.length
    }
    if (isMore && !isCounted) break
  }
  return {
    columns: selection.columns,
    rows,
    next: isMore ? cursorText({ key: null, row: last }) : null,
    matched: count ? (isCounted ? matched : table.rows) : null
  }
}

const sortedPage = async (path: string, table: StoredTable, asked: Asked, order: Order): Promise<Page> => {
  const { after, count, limit, selection } = asked
  // One more tells whether there is a further page.
  const top = new TopRows(limit + 1, order.compare)
  let matched = 0
  for await (const { batch, start } of readBlocks(path, table.blocks)) {
    const keyOf = keysOf(batch, order.column)
    const wanted = chosen(selection, batch)
    matched += wanted.length
    for (const row of wanted) {
      const key = keyOf(row)
      if (after === undefined || order.compare({ key, row: start + row }, after) > 0) top.offer(key, start + row)
    }
  }
  const ranked = top.rows.slice(0, limit)
  return {
    columns: selection.columns,
    rows: await rowsAt(path, table, selection, ranked),
    next: top.rows.length > limit ? cursorText(ranked[limit - 1]) : null,
    matched: count ? matched : null
  }
}

/** The rows at some places, in the order of these. */
const rowsAt = async (path: string, table: StoredTable, selection: Selection, ranked: ReadonlyArray<Ranked>) => {
  const found = new Map<number, Row>()
  const places = ranked.map(({ row }) => row).sort((a, b) => a - b)
  const between = (start: number, end: number) => places.filter((place) => place >= start && place < end)
  for await (const { batch, start } of readBlocks(path, table.blocks, (from, to) => between(from, to).length > 0)) {
    const own = between(start, start + batch.numRows)
    const rows = Int32Array.from(own, (place) => place - start)
    for (const [i, row] of rowsAsJson(selection.pick(selectBatch(batch, rows))).entries()) found.set(own[i], row)
  }
  return ranked.map(({ row }) => found.get(row) as Row)
}
