import type { RecordBatch } from "apache-arrow"
import { pickColumns } from "../../arrow/Columns.ts"
import type { Plan } from "../../plan/Plan.ts"
import type { Report } from "../../plan/Report.ts"
import type { ReportTables } from "../../plugin/ReportSink.ts"
import { Gather } from "../Gather.ts"
import { allNeeds, type Need } from "../Needs.ts"

/** Points of a chart, and values that a histogram counts, at most: beyond that a picture shows nothing more. */
const mostPoints = 5000
const mostCounted = 1_000_000

/** Gathers what the reports of a plan show, as rows come in. */
export class ReportGather {
  /** The rows that threads have to give; those of other tables come as they are made. */
  readonly needs: ReadonlyArray<Need>
  private readonly wanted: ReadonlyMap<string, Wanted>

  constructor({ reports, tables, validate }: Pick<Plan, "reports" | "tables" | "validate">) {
    const all = reports.flatMap(({ parts }) => parts.flatMap(wantedBy))
    const names = [...new Set(all.map(({ from }) => from))]
    this.wanted = new Map(
      names.map((from) => {
        const some = all.filter((one) => one.from === from)
        const columns = [...new Set(some.flatMap((one) => one.columns))]
        return [from, new Wanted(columns, Math.max(...some.map(({ rows }) => rows)))]
      })
    )
    const isGiven = (name: string) =>
      ["events", "sessions", "users"].includes(name) && !tables.some((table) => table.name === name)
    this.needs = allNeeds(
      all.filter(({ from }) => isGiven(from)),
      validate.user.name
    )
  }

  /** Whether a report has something of a table. */
  shows(table: string): boolean {
    return this.wanted.has(table)
  }

  add(table: string, rows: RecordBatch): void {
    this.wanted.get(table)?.add(rows)
  }

  finish(): ReportTables {
    return new Map([...this.wanted].map(([name, wanted]) => [name, wanted.finish()]))
  }
}

class Wanted {
  private readonly columns: ReadonlyArray<string>
  private readonly most: number
  private gather: Gather | undefined
  private kept = 0
  private count = 0

  constructor(columns: ReadonlyArray<string>, most: number) {
    this.columns = columns
    this.most = most
  }

  add(rows: RecordBatch): void {
    this.count += rows.numRows
    if (this.kept >= this.most && this.gather !== undefined) return
    const some = pickColumns(rows, this.columns).slice(0, this.most - this.kept)
    this.gather ??= new Gather(some.schema)
    this.gather.append(some)
    this.kept += some.numRows
  }

  finish() {
    return { rows: this.gather?.finish(), count: this.count }
  }
}

type Part = Report["parts"][number]

/** What a part of a report shows of which tables. */
const wantedBy = (part: Part): ReadonlyArray<Need & { readonly rows: number }> => {
  switch (part.part) {
    case "text":
      return part.spans.flatMap((span) =>
        typeof span === "string" ? [] : [{ from: span.table, columns: [span.column], rows: 1 }]
      )
    case "table":
      return [part]
    case "chart":
      return [
        {
          from: part.from,
          columns: [part.x, ...part.y],
          rows: part.kind === "histogram" ? mostCounted : mostPoints
        }
      ]
  }
}
