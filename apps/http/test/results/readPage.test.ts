import { assert, describe, it } from "@effect/vitest"
import {
  boolColumn,
  dateColumn,
  doubleColumn,
  int64Column,
  recordBatch,
  TextBuilder,
  timestampColumn
} from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { mkdtemp, open, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll } from "vitest"
import { type OpenResults, readPage } from "../../src/results/readPage.ts"
import type { StoredTable } from "../../src/results/Results.ts"
import { TableWriter } from "../../src/results/TableFile.ts"

/** A row of the twin, by plain values. */
interface Plain {
  readonly user: string
  readonly page: string | null
  readonly count: bigint
  readonly score: number | null
  readonly at: bigint
  readonly day: number
  readonly open: boolean
}

const size = 150_000
/** A generator of its own, so that the table is the same each time. */
const random = (() => {
  let state = 42
  return (most: number) => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % most
})()

const rows: ReadonlyArray<Plain> = Array.from({ length: size }, (_, i) => ({
  user: i % 3 === 0 ? String(random(500)) : `u${random(500)}`,
  page: random(10) === 0 ? null : `/p/${random(40)}`,
  count: i === 7 ? 9_007_199_254_740_993n : BigInt(random(1000) - 500),
  score: random(7) === 0 ? null : random(1000) / 8,
  at: BigInt(random(2 ** 30)) * 1_000_000n,
  day: random(400),
  open: random(2) === 1
}))

const batchOf = (part: ReadonlyArray<Plain>): RecordBatch => {
  const text = (value: (row: Plain) => string | null) => {
    const builder = new TextBuilder()
    for (const [i, row] of part.entries()) {
      const found = value(row)
      if (found !== null) builder.setText(i, found)
    }
    return builder.take(part.length)
  }
  return recordBatch(
    [
      { name: "user", data: text(({ user }) => user) },
      { name: "page", data: text(({ page }) => page) },
      { name: "count", data: int64Column(BigInt64Array.from(part, ({ count }) => count)) },
      {
        name: "score",
        data: doubleColumn(
          Float64Array.from(part, ({ score }) => score ?? 0),
          (row) => part[row].score !== null
        )
      },
      { name: "at", data: timestampColumn(BigInt64Array.from(part, ({ at }) => at)) },
      { name: "day", data: dateColumn(Int32Array.from(part, ({ day }) => day)) },
      { name: "open", data: boolColumn(part.length, (row) => part[row].open) }
    ],
    part.length
  )
}

const columns: StoredTable["columns"] = Object.entries({
  user: "text",
  page: "text",
  count: "int64",
  score: "double",
  at: "timestamp",
  day: "date",
  open: "bool"
}).map(([name, type]) => ({ name, type }))

let table: StoredTable
let results: OpenResults

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), "sojourn-page-"))
  const handle = await open(join(directory, "0"), "wx")
  const whole = batchOf(rows)
  const writer = new TableWriter(handle, whole.schema)
  // Slices of a batch, as a run writes them.
  for (let at = 0; at < size; at += 33_000) await writer.write(whole.slice(at, at + 33_000))
  const blocks = await writer.finish()
  await handle.close()
  table = { name: "t", file: "0", rows: size, columns, blocks, shown: columns.map(({ name }) => name) }
  results = { directory, tables: [table], user: "user", timezone: "UTC", summary: {} as OpenResults["summary"] }
}, 60_000)
afterAll(() => rm(results.directory, { recursive: true }))

const isInteger = (text: string) => /^(0|[1-9]\d*)$/.test(text)

/** The order of a column, nulls first; users as numbers where they are such. */
const compare = (column: keyof Plain) => (a: Plain, b: Plain) => {
  const [x, y] = [a[column], b[column]]
  if (x === null || y === null) return Number(x !== null) - Number(y !== null)
  if (column === "user" && isInteger(String(x)) !== isInteger(String(y))) return isInteger(String(x)) ? -1 : 1
  if (column === "user" && isInteger(String(x))) return Number(x) - Number(y)
  return x < y ? -1 : x > y ? 1 : 0
}

const filters: Readonly<Record<string, (row: Plain) => boolean>> = {
  "count > 400": ({ count }) => count > 400n,
  "page is null and open": ({ open, page }) => page === null && open,
  "user = 'u7' or score < 3": ({ score, user }) => user === "u7" || (score !== null && score < 3),
  "count = 12345": () => false
}

const shown = ({ count, page, score, user }: Plain) => ({
  user,
  page,
  count: Number.isSafeInteger(Number(count)) ? Number(count) : String(count),
  score
})

describe("pages", () => {
  it.effect.prop(
    "are, one after the other, the rows of a plain twin",
    {
      sort: Schema.NullOr(Schema.Literals(["user", "page", "count", "score", "at", "day", "open"])),
      descending: Schema.Boolean,
      filter: Schema.NullOr(Schema.Literals(Object.keys(filters) as [string, ...ReadonlyArray<string>])),
      limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))
    },
    ({ descending, filter, limit, sort }) =>
      Effect.gen(function* () {
        const kept = filter === null ? [...rows] : rows.filter(filters[filter])
        if (sort !== null) {
          const order = compare(sort)
          kept.sort(descending ? (a, b) => order(b, a) : order)
        }
        const request = {
          limit,
          count: true,
          columns: ["user", "page", "count", "score"],
          ...(sort === null ? {} : { sort: descending ? `-${sort}` : sort }),
          ...(filter === null ? {} : { filter })
        }
        let after: string | null = null
        for (let start = 0; start < limit * 3; start += limit) {
          const page: { readonly rows: unknown; readonly next: string | null; readonly matched: number | null } =
            yield* readPage(results, table, { ...request, ...(after === null ? {} : { after }) })
          assert.deepStrictEqual(page.rows, kept.slice(start, start + limit).map(shown))
          assert.strictEqual(page.matched, kept.length)
          assert.strictEqual(page.next === null, start + limit >= kept.length)
          after = page.next
          if (after === null) break
        }
      }),
    { arbitrary: { runs: 15 } }
  )

  it.effect("are not given for what is not there, with a word on what is", () =>
    Effect.gen(function* () {
      const failing = (request: Parameters<typeof readPage>[2]) => Effect.flip(readPage(results, table, request))
      assert.deepInclude(yield* failing({ sort: "x" }), { code: "column", status: 422 })
      assert.deepInclude(yield* failing({ columns: ["x"] }), { code: "column" })
      assert.deepInclude(yield* failing({ after: "x" }), { code: "after" })
      const filter = yield* failing({ filter: "count >" })
      assert.strictEqual(filter.detail, "filter, character 8: expected an expression, found the end")
      assert.deepInclude(yield* failing({ filter: "cast(page as int64) > 1" }), { code: "filter" })
      assert.deepInclude(yield* failing({ filter: "page = ${HOME}" }), { code: "filter" })
    })
  )
})
