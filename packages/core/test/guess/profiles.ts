import { type ColumnProfile, profileColumns } from "../../src/guess/Profile.ts"
import type { Sample } from "../../src/guess/SessionsSpec.ts"
import { decodeRows, type Row } from "../support/records.ts"

/** The profiles of the fields of some JSON records; `paths` names those below the top. */
export const profilesOf = (
  rows: ReadonlyArray<Row>,
  paths = pathsOf(rows),
  cuts: ReadonlyArray<number> = []
): ReadonlyArray<ColumnProfile> => {
  const columns = paths.map((path) => ({ name: path, path }))
  return profileColumns(decodeRows({ columns, digest: false, maxRecordBytes: 1 << 20 }, rows, cuts), paths)
}

const pathsOf = (rows: ReadonlyArray<Row>): ReadonlyArray<string> => [
  ...new Set(rows.flatMap((row) => Object.keys(row)))
]

export const sampleOf = (rows: ReadonlyArray<Row>, paths?: ReadonlyArray<string>): Sample => ({
  columns: profilesOf(rows, paths),
  records: rows.length,
  whole: true
})

/** 2024-07-10T10:00:00Z and a minute later for each further record. */
export const minutes = (i: number): string =>
  `2024-07-10T${String(10 + Math.floor(i / 60)).padStart(2, "0")}:${String(i % 60).padStart(2, "0")}:00Z`

/** 2025-01-01. */
export const now = 1_735_689_600
