import { eventOrigin, pickColumns, selectBatch, type Summary, timeTextReader } from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import type {
  DownloadFormat,
  LinePage,
  Overview,
  RejectedLines,
  SessionDetail,
  TableName,
  Timeline
} from "../engine/Engine.ts"
import type { NamedFile } from "../engine/NamedFile.ts"
import type { Filter, Page, Query, Row } from "../engine/Query.ts"
import type { Columns } from "./Columns.ts"
import type { Compared } from "./compareRuns.ts"
import { type FileText, fileText } from "./FileText.ts"
import { encoderOf } from "./Formats.ts"
import { overviewOf } from "./overview.ts"
import { Repeated } from "./Repeated.ts"
import { RunTables } from "./RunTables.ts"
import type { PlannedJob } from "./planJob.ts"
import type { Finished } from "./runPlan.ts"
import { type Selection, select, sorted, type TimeReader } from "./Selection.ts"
import { sessionDetail, sessionMarks } from "./sessionDetail.ts"
import { timelineOf } from "./timeline.ts"

/** Rows that are encoded at a time. */
const encodedRows = 65_536
/** Lines of a rejected record that are marked: one that was cut short may end anywhere. */
const mostMarked = 200

/** A run in the memory of the worker. */
export class LocalRun {
  readonly tables: RunTables
  readonly summary: Summary
  readonly timezone: string
  private readonly chosen: PlannedJob["chosen"]
  private readonly files: ReadonlyArray<NamedFile>
  private readonly texts: ReadonlyArray<FileText>
  private readonly readTime: TimeReader
  private readonly selections = new Map<string, Selection>()
  private readonly repeated: Repeated
  private marks: ReadonlyArray<ReadonlyMap<number, string>> | undefined

  /** `address`: of the run of a server that these results are of. */
  constructor(
    { chosen, plan }: PlannedJob,
    { summary, tables }: Finished,
    files: ReadonlyArray<NamedFile>,
    address: string | null = null
  ) {
    this.chosen = chosen
    this.tables = new RunTables(plan, tables)
    this.repeated = new Repeated(this.tables)
    this.summary = summary
    this.timezone = plan.timezone
    this.files = files
    this.texts = files.map((file) => fileText(file, plan.scan.inputs[0]?.format ?? null, address))
    const { format, timezone } = plan.validate.time
    this.readTime = timeTextReader(format, timezone)
  }

  /** The types of all events, in the order of their texts. */
  types(): ReadonlyArray<string> {
    const { events, names } = this.tables
    if (names.type === null) return []
    const column = events.text(names.type)
    return Array.from({ length: column.size }, (_, code) => column.text(code)).sort()
  }

  /** The lines (from 1) at which rejected records of a file begin, ascending: those that a filter leaves, of so many. */
  rejectedLines(file: number, filter: Filter): RejectedLines {
    const { rejects } = this.tables
    const sources = rejects.text("source")
    const code = sources.find(this.files[file].name)
    const numbers = rejects.numbers("line")
    const isHere = (row: number) => sources.codes[row] === code && !Number.isNaN(numbers[row])
    const { rows } = this.selection("rejects", filter)
    return {
      lines: Array.from(rows.filter(isHere), (row) => numbers[row]),
      total: numbers.reduce((total, _, row) => total + Number(isHere(row)), 0)
    }
  }

  overview(filter: Filter): Overview {
    return overviewOf(this.tables, this.selection("sessions", filter).rows)
  }

  timeline(filter: Filter): Timeline {
    return timelineOf(this.tables, this.selection("events", filter).rows)
  }

  page(table: TableName, { count, filter, from, sort }: Query): Page {
    const columns = this.tables.named(table)
    const selection = this.selection(table, filter)
    const rows = sort === null ? selection.rows : this.sorted(table, columns, { filter, sort })
    return {
      columns: columns.described,
      matching: rows.length,
      total: columns.rows,
      timeless: selection.timeless,
      rows: Array.from(rows.subarray(from, from + count), (row): Row => ({
        row,
        cells: columns.cells(row),
        ...(table === "sessions" && { marks: sessionMarks(this.tables, row) }),
        ...(table === "duplicates" && { repeated: this.repeated.of(row) })
      }))
    }
  }

  /** What of it is compared with another run. */
  compared(filter: Filter): Compared {
    return { tables: this.tables, looked: this.selection("sessions", filter).rows }
  }

  session(row: number): SessionDetail {
    return sessionDetail(this.tables, row)
  }

  /** Lines of a file as they stand there, each with why it was rejected. */
  async linePage(file: number, from: number, count: number): Promise<LinePage> {
    const marks = this.marksOf(file)
    const { lines, total } = await this.texts[file].lines(from, count)
    return { total, lines: lines.map((line, i) => Object.assign(line, { reject: marks.get(from + i) ?? null })) }
  }

  /** The line (from 0) of a record by its ordinal; null if the file has no lines. */
  lineOf(file: number, event: number): Promise<number | null> {
    return this.texts[file].lineOf(event)
  }

  async download(table: TableName, format: DownloadFormat): Promise<Blob> {
    const batch = this.asWritten(table)
    const open = await encoderOf(format)
    const encoding = open(batch.schema)
    const parts: Array<Uint8Array> = [encoding.begin()]
    for (let from = 0; from < batch.numRows; from += encodedRows) {
      const rows = Int32Array.from({ length: Math.min(encodedRows, batch.numRows - from) }, (_, i) => from + i)
      parts.push(encoding.encode(selectBatch(batch, rows)))
    }
    parts.push(encoding.end())
    return new Blob(parts as Array<Uint8Array<ArrayBuffer>>)
  }

  /** A table as the command writes it: with the columns that the spec chose, and without the places of events. */
  private asWritten(table: TableName): RecordBatch {
    const { batch, described } = this.tables.named(table)
    const all = described.map(({ name }) => name).filter((name) => !Object.values<string>(eventOrigin).includes(name))
    return pickColumns(batch, this.chosen.get(table) ?? all)
  }

  private selection(table: TableName, filter: Filter): Selection {
    return this.kept(`${table} ${JSON.stringify(filter)}`, () => select(this.tables, table, filter, this.readTime))
  }

  private sorted(table: TableName, columns: Columns, { filter, sort }: Pick<Query, "filter" | "sort">): Int32Array {
    const { rows } = this.selection(table, filter)
    if (sort === null) return rows
    const key = `${table} ${JSON.stringify([filter, sort])}`
    return this.kept(key, () => ({ rows: sorted(columns, rows, sort), timeless: 0 })).rows
  }

  /** The last few selections are kept, for the pages of one are asked for one after the other. */
  private kept(key: string, make: () => Selection): Selection {
    const known = this.selections.get(key) ?? make()
    this.selections.delete(key)
    this.selections.set(key, known)
    if (this.selections.size > 8) this.selections.delete(this.selections.keys().next().value ?? "")
    return known
  }

  /** By line (from 0), why the record there was rejected. */
  private marksOf(file: number): ReadonlyMap<number, string> {
    this.marks ??= this.files.map(({ name }) => rejectedLines(this.tables.rejects, name))
    return this.marks[file]
  }
}

const rejectedLines = (rejects: Columns, source: string): ReadonlyMap<number, string> => {
  const marks = new Map<number, string>()
  const sources = rejects.text("source")
  const code = sources.find(source)
  const lines = rejects.numbers("line")
  const reasons = rejects.text("reason")
  const raw = rejects.text("raw")
  for (let row = 0; row < rejects.rows; row++) {
    if (sources.codes[row] !== code || Number.isNaN(lines[row])) continue
    const reason = reasons.text(reasons.codes[row])
    const text = raw.codes[row] < 0 ? "" : raw.text(raw.codes[row]).trimEnd()
    const more = Math.min(mostMarked, text.split("\n").length)
    for (let line = 0; line < more; line++) marks.set(lines[row] - 1 + line, reason)
  }
  return marks
}
