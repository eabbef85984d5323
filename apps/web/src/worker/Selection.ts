import type { ColumnKind, Filter, Sort } from "../engine/Query.ts"
import type { TableName } from "../engine/Engine.ts"
import type { Columns, TextColumn } from "./Columns.ts"
import type { RunTables } from "./RunTables.ts"

/** Microseconds since 1970 of a text; undefined if it is no time. */
export type TimeReader = (text: Uint8Array) => number | undefined

/** Rows of a table, in an order. */
export interface Selection {
  readonly rows: Int32Array
  /** Rows left out because they have no readable time. */
  readonly timeless: number
}

/** The rows of a table that a filter leaves, in the order of the table. */
export const select = (tables: RunTables, table: TableName, filter: Filter, readTime: TimeReader): Selection => {
  switch (table) {
    case "sessions":
      return passing(tables.sessions.rows, sessionTests(tables, filter))
    case "events":
      return passing(tables.events.rows, eventTests(tables, tables.events, filter))
    case "duplicates":
      return passing(tables.duplicates.rows, eventTests(tables, tables.duplicates, filter))
    case "rejects":
      return selectRejects(tables, filter, readTime)
    default:
      return passing(tables.named(table).rows, declaredTests(tables, tables.named(table), filter))
  }
}

/** Rows in the order of a column; rows with no value come last, and equal ones stay in order. */
export const sorted = (columns: Columns, rows: Int32Array, { column, descending }: Sort): Int32Array => {
  const keys = columns.keys(column)
  const sign = descending ? -1 : 1
  return rows.slice().sort((a, b) => {
    const [x, y] = [keys[a], keys[b]]
    if (x === y) return a - b
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b
    return x < y ? -sign : sign
  })
}

type Test = (row: number) => boolean

const passing = (count: number, tests: ReadonlyArray<Test>): Selection => {
  const rows = new Int32Array(count)
  let found = 0
  for (let row = 0; row < count; row++) if (tests.every((test) => test(row))) rows[found++] = row
  return { rows: rows.subarray(0, found), timeless: 0 }
}

const sessionTests = (tables: RunTables, filter: Filter): ReadonlyArray<Test> => {
  const { events, names, sessions } = tables
  const tests: Array<Test> = []
  const { cause, from, maxSeconds, minEvents, minSeconds, to, type } = filter
  const numbers = (name: string) => sessions.numbers(name)
  if (from !== null) {
    const ends = numbers("session_end")
    tests.push((row) => ends[row] >= from)
  }
  if (to !== null) {
    const starts = numbers("session_start")
    tests.push((row) => starts[row] <= to)
  }
  if (minSeconds !== null) {
    const seconds = numbers("session_duration_sec")
    tests.push((row) => seconds[row] >= minSeconds)
  }
  if (maxSeconds !== null) {
    const seconds = numbers("session_duration_sec")
    tests.push((row) => seconds[row] <= maxSeconds)
  }
  if (minEvents !== null) {
    const counts = numbers("event_count")
    tests.push((row) => counts[row] >= minEvents)
  }
  if (cause !== null) tests.push(equals(sessions.text("session_cause"), cause))
  if (filter.user !== null) tests.push(userTest(sessions.text(names.user), filter.user))
  if (type !== null && names.type !== null) {
    const isOfType = equals(events.text(names.type), type)
    const holds = new Uint8Array(sessions.rows)
    for (const [event, session] of tables.sessionOf.entries()) if (session >= 0 && isOfType(event)) holds[session] = 1
    tests.push((row) => holds[row] === 1)
  }
  return tests
}

const eventTests = ({ names }: RunTables, columns: Columns, { from, to, type, user }: Filter): ReadonlyArray<Test> => {
  const tests: Array<Test> = []
  const times = columns.numbers(names.time)
  if (from !== null) tests.push((row) => times[row] >= from)
  if (to !== null) tests.push((row) => times[row] <= to)
  if (user !== null) tests.push(userTest(columns.text(names.user), user))
  if (type !== null && names.type !== null) tests.push(equals(columns.text(names.type), type))
  return tests
}

/** Rows of a table that a spec declares, as far as they say of which user and day they are. */
const declaredTests = ({ names }: RunTables, columns: Columns, { from, to, user }: Filter): ReadonlyArray<Test> => {
  const tests: Array<Test> = []
  const isOf = (name: string, kind: ColumnKind) =>
    columns.described.some((column) => column.name === name && column.kind === kind)
  if (user !== null && isOf(names.user, "text")) tests.push(userTest(columns.text(names.user), user))
  if (!isOf("date", "date")) return tests
  const days = columns.numbers("date")
  if (from !== null) tests.push((row) => (days[row] + 1) * dayMicros > from)
  if (to !== null) tests.push((row) => days[row] * dayMicros <= to)
  return tests
}
const dayMicros = 86_400e6

const selectRejects = ({ names, rejects }: RunTables, filter: Filter, readTime: TimeReader): Selection => {
  const tests: Array<Test> = []
  const { from, reason, to, user } = filter
  if (reason !== null) tests.push(equals(rejects.text("reason"), reason))
  if (user !== null && rejects.has(names.user)) tests.push(userTest(rejects.text(names.user), user))
  const { rows } = passing(rejects.rows, tests)
  if ((from === null && to === null) || !rejects.has(names.time)) return { rows, timeless: 0 }
  const times = rejects.text(names.time)
  const read = Float64Array.from({ length: times.size }, (_, code) => readTime(times.bytes(code)) ?? Number.NaN)
  let timeless = 0
  const inside = rows.filter((row) => {
    const code = times.codes[row]
    const time = code < 0 ? Number.NaN : read[code]
    if (Number.isNaN(time)) timeless++
    return time >= (from ?? -Infinity) && time <= (to ?? Infinity)
  })
  return { rows: inside, timeless }
}

/** The user of that name, or, where there is none, users whose names hold it. */
const userTest = (column: TextColumn, user: string): Test => {
  const exact = column.find(user)
  if (exact >= 0) return (row) => column.codes[row] === exact
  const part = user.toLowerCase()
  const matching = column.matching((text) => text.toLowerCase().includes(part))
  return (row) => column.codes[row] >= 0 && matching[column.codes[row]] === 1
}

const equals = (column: TextColumn, text: string): Test => {
  const code = column.find(text)
  return (row) => code >= 0 && column.codes[row] === code
}
