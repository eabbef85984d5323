import { Interner, type Plan } from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import { builtInTables, type Names, type TableName } from "../engine/Engine.ts"
import { Columns } from "./Columns.ts"

/** The tables of a finished run, and which events are whose. */
export class RunTables {
  readonly sessions: Columns
  readonly events: Columns
  readonly rejects: Columns
  readonly duplicates: Columns
  /** The names of all others. */
  readonly declared: ReadonlyArray<string>
  readonly names: Names
  /** For each event the row of its session; -1 where it is in none. */
  readonly sessionOf: Int32Array
  /** The events of session `s`, in order, are `members[starts[s]]` to before `starts[s + 1]`. */
  readonly starts: Int32Array
  readonly members: Int32Array
  private readonly all: ReadonlyMap<string, Columns>

  constructor(plan: Plan, tables: ReadonlyMap<string, RecordBatch>) {
    this.all = new Map([...tables].map(([name, batch]) => [name, new Columns(batch)]))
    this.sessions = this.named("sessions")
    this.events = this.named("events")
    this.rejects = this.named("rejects")
    this.duplicates = this.named("duplicates")
    const declared = plan.tables.map(({ name }) => name)
    const others = [...tables.keys()].filter((name) => ![...builtInTables, ...declared].includes(name))
    this.declared = [...declared.filter((name) => tables.has(name)), ...others]
    const { time, type, user } = plan.validate
    this.names = { user: user.name, time: time.name, type: type?.name ?? null }
    this.sessionOf = sessionsOfEvents(this.sessions, this.events)
    const { members, starts } = grouped(this.sessionOf, this.sessions.rows)
    this.members = members
    this.starts = starts
  }

  /** Any table. Throws where there is none of the name. */
  named(name: TableName): Columns {
    const columns = this.all.get(name)
    if (columns === undefined) throw new Error(`the run has no table ${name}`)
    return columns
  }

  /** The rows of the events of a session, in order. */
  eventsOf(session: number): Int32Array {
    return this.members.subarray(this.starts[session], this.starts[session + 1])
  }

  /** Seconds between two neighbouring events of a user, ascending. */
  gaps(): Float64Array {
    const times = this.events.numbers(this.names.time)
    const { codes } = this.events.text(this.names.user)
    const gaps: Array<number> = []
    for (let row = 1; row < times.length; row++) {
      if (codes[row] === codes[row - 1]) gaps.push((times[row] - times[row - 1]) / 1e6)
    }
    return Float64Array.from(gaps).sort()
  }
}

const sessionsOfEvents = (sessions: Columns, events: Columns): Int32Array => {
  const ids = sessions.text("session_id")
  const known = new Interner()
  const rowOf = new Int32Array(ids.size)
  for (const [row, code] of ids.codes.entries()) {
    const id = ids.bytes(code)
    rowOf[known.intern(id, 0, id.length)] = row
  }
  const column = events.text("session_id")
  const rowOfCode = Int32Array.from({ length: column.size }, (_, code) => {
    const id = column.bytes(code)
    const found = known.find(id, 0, id.length)
    return found < 0 ? -1 : rowOf[found]
  })
  return column.codes.map((code) => (code < 0 ? -1 : rowOfCode[code]))
}

const grouped = (groupOf: Int32Array, groups: number) => {
  const starts = new Int32Array(groups + 1)
  for (const group of groupOf) if (group >= 0) starts[group + 1]++
  for (let group = 0; group < groups; group++) starts[group + 1] += starts[group]
  const next = starts.slice()
  const members = new Int32Array(starts[groups])
  for (const [row, group] of groupOf.entries()) if (group >= 0) members[next[group]++] = row
  return { members, starts }
}
