import type { Job } from "./Crew.ts"

/** Rows of a table that something is made from, and the columns that are needed of them. */
export interface Need {
  readonly from: string
  readonly columns: ReadonlyArray<string>
}

/**
 * The rows that are needed for several purposes: each table once, with all the columns that are needed of it. `user`: the
 * column that is there where none is needed, as rows without columns could not be counted.
 */
export const allNeeds = (needs: ReadonlyArray<Need>, user: string): ReadonlyArray<Need> =>
  [...new Set(needs.map(({ from }) => from))].map((from) => {
    const columns = new Set(needs.filter((need) => need.from === from).flatMap((need) => need.columns))
    return { from, columns: columns.size === 0 ? [user] : [...columns] }
  })

/** What a job asks of the tables of its blocks: to write it, and to feed it to what is made of it. */
export const asked = ({ feeds, writes }: Pick<Job, "feeds" | "writes">): ReadonlyArray<Need> => [
  ...feeds,
  ...writes.map(({ columns, table }) => ({ from: table, columns }))
]
