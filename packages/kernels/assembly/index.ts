import { Column } from "./column"
import { CsvColumns, readCsv } from "./csv"
import { CsvTable, encodeCsv } from "./csvEncode"
import { Durations } from "./durations"
import { Json } from "./json"
import { Field } from "./jsonKeys"
import { alloc, free } from "./memory"
import { numberRows, Pages, unsetRows } from "./parquet"
import { plainTexts } from "./plainTexts"
import { Cut, cutUsers } from "./sessions"
import { gatherLongs, gatherWords, placeRows, rankRows, sortRanks, startRanks, Store } from "./store"
import { Table } from "./table"
import { Names, orderNames, useNames } from "./userOrder"

export { alloc, free }

// Tables of records being decoded (see src/RecordTable.ts). Structures are handed over as pointers; JavaScript reads
// their fields, all of 32 bits, in the order in which the classes declare them.

export function tableNew(columns: i32, wantsDigest: bool): Table {
  return Table.make(columns, wantsDigest)
}

export function tableColumn(table: Table, index: i32, isTime: bool): Column {
  const column = Column.make(isTime)
  store<usize>(table.columns + ((<usize>index) << 2), changetype<usize>(column))
  return column
}

export function recordBegin(table: Table): void {
  table.begin()
}

export function recordCell(table: Table, column: i32, at: usize, length: i32): void {
  table.column(column).set(table.rows, at, length)
}

export function recordUnset(table: Table, column: i32): void {
  table.column(column).unset(table.rows)
}

export function recordDigest(table: Table, name: usize, nameLength: i32, value: usize, valueLength: i32): void {
  table.addToDigest(name, nameLength, value, valueLength)
}

export function recordKeep(table: Table, event: f64, line: f64, offset: f64, length: f64): void {
  table.keep(<i64>event, <i64>line, <i64>offset, <i64>length)
}

export function tableEmpty(table: Table): void {
  table.rows = 0
}

export function columnClear(column: Column): void {
  column.clear()
}

export function columnJson(column: Column, isJson: bool): void {
  column.json = isJson
}

export { plainTexts }

export function columnDistinct(column: Column): void {
  column.distinct = true
}

// JSON lines (see src/JsonLines.ts).

export function jsonOf(table: Table): Json {
  return Json.of(table)
}

export function jsonRoot(json: Json): Field {
  return json.keys.root
}

export function jsonLearn(
  json: Json,
  parent: Field,
  key: usize,
  length: i32,
  columns: usize,
  columnCount: i32,
  isOpened: bool
): Field {
  return json.learn(parent, key, length, columns, columnCount, isOpened)
}

export function jsonRead(
  json: Json,
  from: usize,
  end: usize,
  offset: f64,
  event: f64,
  line: f64,
  cap: i32,
  maxRecords: i32
): usize {
  return json.read(from, end, <i64>offset, <i64>event, <i64>line, cap, maxRecords)
}

// CSV (see src/CsvRows.ts).

export function csvRead(
  csv: CsvColumns,
  table: Table,
  from: usize,
  end: usize,
  offset: f64,
  event: f64,
  line: f64,
  cap: i32,
  maxRecords: i32
): usize {
  return readCsv(csv, table, from, end, <i64>offset, <i64>event, <i64>line, cap, maxRecords)
}

// Columns of Parquet (see src/ParquetColumns.ts).

export function pagesOf(table: Table): Pages {
  return Pages.of(table)
}

export function pagesLearn(pages: Pages, column: Column, kind: i32, at: usize, end: usize, count: i32): bool {
  return pages.learn(column, kind, at, end, count)
}

export function pagesRead(
  pages: Pages,
  column: Column,
  kind: i32,
  row: i32,
  entries: i32,
  most: i32,
  levelsAt: usize,
  levelsEnd: usize,
  at: usize,
  end: usize,
  isCoded: bool
): bool {
  return pages.read(column, kind, row, entries, most, levelsAt, levelsEnd, at, end, isCoded)
}

export function columnUnsetRows(column: Column, row: i32, count: i32): void {
  unsetRows(column, row, count)
}

export function tableReserve(table: Table, rows: i32): void {
  table.reserve(rows)
}

export function tableNumber(table: Table, rows: i32, before: f64): void {
  numberRows(table, rows, <i64>before)
}

// Tables as CSV (see src/CsvWriter.ts).

export function csvEncode(csv: CsvTable): i32 {
  return encodeCsv(csv)
}

// Accepted events (see src/EventStore.ts).

export function storeNew(checks: i32, columns: i32): Store {
  return Store.make(checks, columns)
}

export function storeCheck(events: Store, check: i32, column: i32, isTime: bool, ofNull: i32, target: i32): void {
  events.setCheck(check, column, isTime, ofNull, target)
}

export function storeRange(events: Store, from: f64, to: f64): void {
  events.from = <i64>from
  events.to = <i64>to
}

export function storeReserveTexts(events: Store, check: i32, size: i32): void {
  events.reserveTexts(check, size)
}

export function storeLearnTexts(events: Store, check: i32, from: i32, to: i32): void {
  events.learnTexts(check, from, to)
}

export function storeAccept(events: Store, table: Table, rows: i32, part: i32): i32 {
  return events.accept(table, rows, part)
}

export function storeBeginSort(events: Store): usize {
  return events.beginSort()
}

export function storeRank(events: Store, ranks: usize, counts: usize, from: i32, to: i32): void {
  rankRows(events, ranks, counts, from, to)
}

export function storeStartRanks(counts: usize, size: i32): void {
  startRanks(counts, size)
}

export function storePlace(events: Store, next: usize, from: i32, to: i32): void {
  placeRows(events, next, from, to)
}

export function storeSortRanks(events: Store, times: usize, ends: usize, from: i32, to: i32): void {
  sortRanks(events, times, ends, from, to)
}

export function storeEndSort(events: Store, times: usize): void {
  events.endSort(times)
}

export function storeGatherWords(events: Store, values: usize, to: usize, from: i32, end: i32): void {
  gatherWords(events, values, to, from, end)
}

export function storeGatherLongs(events: Store, values: usize, to: usize, from: i32, end: i32): void {
  gatherLongs(events, values, to, from, end)
}

export function storeEmpty(events: Store): void {
  events.rows = 0
}

// Names of users (see src/UserOrder.ts).

export function namesNew(): Names {
  return changetype<Names>(alloc(offsetof<Names>()))
}

export function namesOrder(names: Names): void {
  orderNames(names)
}

export function namesUse(names: Names, ends: usize): void {
  useNames(names, ends)
}

// Sessions (see src/SessionCutter.ts).

export function cutNew(): Cut {
  const cut = changetype<Cut>(alloc(offsetof<Cut>()))
  cut.durations = Durations.make()
  return cut
}

export function cutSessions(cut: Cut): i32 {
  return cutUsers(cut)
}

export function cutDurations(cut: Cut): i32 {
  return cut.durations.size
}

export function cutPutDurations(cut: Cut, to: usize): void {
  cut.durations.put(to)
}
