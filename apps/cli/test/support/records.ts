/** The five records of the first recipe's example. */
export const fiveRecords: ReadonlyArray<Readonly<Record<string, unknown>>> = [
  { user_id: 1, event_type: "login", event_time: "2024-07-10T10:00:00Z" },
  { user_id: 1, event_type: "view", event_time: "2024-07-10T10:05:00Z" },
  { user_id: 1, event_type: "view", event_time: "2024-07-10T10:05:00Z" },
  { user_id: 2, event_type: "click", event_time: "invalid-timestamp" },
  { user_id: 2, event_type: "purchase", event_time: "2024-07-10T10:10:00Z" }
]

export const jsonLines = (records: ReadonlyArray<unknown>): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("")

/** CSV without quotes. */
export const csv = (header: string, rows: ReadonlyArray<ReadonlyArray<unknown>>): string =>
  [header, ...rows.map((row) => row.join(","))].map((line) => `${line}\n`).join("")

/** `count` instants, `seconds` apart, from 2024-07-10T10:00:00Z on. */
export const instants = (count: number, seconds = 60): ReadonlyArray<Date> =>
  Array.from({ length: count }, (_, i) => new Date(1_720_605_600_000 + i * seconds * 1000))

/** Rows of seven users in turn, each with what `cell` gives. */
export const rowsOf = (
  count: number,
  cell: (instant: Date, i: number) => unknown
): ReadonlyArray<ReadonlyArray<unknown>> => instants(count).map((instant, i) => [`u${i % 7}`, cell(instant, i)])

/** 2024-07-10T10:00:00Z. */
export const iso = (instant: Date): string => instant.toISOString().replace(".000", "")
