/** What of a run is looked at; what is null does not matter. Plain data. */
export interface Filter {
  /** Microseconds since 1970: what ends before or begins after is left out. */
  readonly from: number | null
  readonly to: number | null
  /** A user, or part of one where there is no such user. */
  readonly user: string | null
  /** Sessions with an event of this type; events of it. */
  readonly type: string | null
  readonly minSeconds: number | null
  readonly maxSeconds: number | null
  readonly minEvents: number | null
  readonly cause: string | null
  /** Of rejects. */
  readonly reason: string | null
}

export const noFilter: Filter = {
  from: null,
  to: null,
  user: null,
  type: null,
  minSeconds: null,
  maxSeconds: null,
  minEvents: null,
  cause: null,
  reason: null
}

export interface Sort {
  readonly column: string
  readonly descending: boolean
}

export interface Query {
  readonly filter: Filter
  /** The order of the table, unless given. */
  readonly sort: Sort | null
  readonly from: number
  readonly count: number
}

/** A value of a table: times are microseconds since 1970, dates days, lists JSON. */
export type Cell = string | number | boolean | null

export interface Row {
  /** Its number in the table, from 0. */
  readonly row: number
  readonly cells: ReadonlyArray<Cell>
  /** Of a session: where its events are, from 0 to 1. */
  readonly marks?: ReadonlyArray<number>
  /** Of a removed duplicate: the columns in which the record that it repeats has another value, and that. */
  readonly repeated?: ReadonlyArray<readonly [name: string, value: Cell]>
}

export type ColumnKind = "text" | "list" | "number" | "time" | "date" | "bool"

/** Some rows of a table. */
export interface Page {
  readonly columns: ReadonlyArray<{ readonly name: string; readonly kind: ColumnKind }>
  /** Rows that the filter leaves, and all. */
  readonly matching: number
  readonly total: number
  /** Rows that have no readable time and are left out by a filter by time. */
  readonly timeless: number
  readonly rows: ReadonlyArray<Row>
}
