import { Bool, type Data, DurationMicrosecond, makeData } from "apache-arrow"
import { Expressions } from "../../src/engine/Expressions.ts"
import { sessionize } from "../../src/engine/Sessionize.ts"
import { sessionIdOfEvents, sessionTable } from "../../src/engine/SessionTable.ts"
import { int64Lanes } from "../../src/arrow/Columns.ts"
import { compareInt64 } from "../../src/time/Int64.ts"
import { timeTextMicros } from "../../src/time/TimeText.ts"
import { type PlainRow, plainColumn, plainRows } from "./plain.ts"
import { planOf } from "./runSpec.ts"
import { type Cutting, type OracleSession, type RuleEvent, sessionizeOf } from "./sessionOracle.ts"
import { column, tableOf } from "./table.ts"

const plan = planOf("event: { user: user, time: time }\nsessions: {}")
const expressions = new Expressions("UTC", new Map())

export const specName = plan.name

const batchOf = (events: ReadonlyArray<RuleEvent>) => {
  const values = <Name extends keyof RuleEvent>(name: Name) => events.map((event) => event[name] ?? null)
  const integers = (name: "time" | "n" | "gap") => values(name).map((value) => (value === null ? null : BigInt(value)))
  return tableOf({
    user: column.text(values("user")),
    time: column.timestamp(integers("time")),
    given: column.text(values("given")),
    passive: flags(values("passive")),
    end: flags(values("end")),
    start: flags(values("start")),
    gap: intervals(integers("gap")),
    a: column.text(values("a")),
    n: column.int64(integers("n"))
  })
}

/** A null slot holds true, which nobody may read. */
const flags = (values: ReadonlyArray<boolean | null>): Data => {
  const bits = column.bool(values.map((value) => value ?? true))
  return makeData({ type: new Bool(), length: values.length, data: bits.values, ...nullsOf(values) })
}

const intervals = (values: ReadonlyArray<bigint | null>): Data =>
  makeData({
    type: new DurationMicrosecond(),
    length: values.length,
    data: BigInt64Array.from(values, (value) => value ?? 99n),
    ...nullsOf(values)
  })

const nullsOf = (values: ReadonlyArray<unknown>) => ({
  nullCount: values.filter((value) => value === null).length,
  nullBitmap: column.bool(values.map((value) => value !== null)).values
})

export interface CutEvents {
  readonly sessions: ReadonlyArray<OracleSession>
  /** Places in the list of events. */
  readonly outside: ReadonlyArray<number>
  readonly table: ReadonlyArray<PlainRow>
  /** The session of each event. */
  readonly ids: ReadonlyArray<unknown>
  readonly ties: number
}

/** Cuts events that stand in order, all of them unique. */
export const cutEvents = (cutting: Cutting, events: ReadonlyArray<RuleEvent>, asOf: number): CutEvents => {
  const batch = batchOf(events)
  const shape = { ...plan, sessionize: sessionizeOf(cutting) }
  const times = int64Lanes(batch, "time")
  const all = Int32Array.from(events.keys())
  const sessions = sessionize(shape, { events: batch, compare: (a, b) => compareInt64(times, a, b) }, all, expressions)
  const names = ["session_id", "user", "session_start", "session_end", "session_duration_sec", "event_count"]
  const more = ["session_number", "session_cause", "previous_session_end", "next_session_start", "is_open"]
  const table = plainRows(sessionTable(shape, batch, sessions, asOf, [...names, ...more], expressions))
  const ids = plainColumn(tableOf({ id: sessionIdOfEvents(shape, batch, sessions) }), "id")
  const micros = (time: PlainRow[string]) => timeTextMicros(String(time)) ?? NaN
  return {
    sessions: table.map((row, i) => ({
      user: String(row.user),
      id: String(row.session_id),
      number: Number(row.session_number),
      cause: String(row.session_cause),
      start: micros(row.session_start),
      end: micros(row.session_end),
      open: row.is_open === true,
      events: [...sessions.rows.subarray(sessions.starts[i], sessions.starts[i + 1])]
    })),
    outside: [...sessions.outside],
    table,
    ids,
    ties: sessions.ties
  }
}
