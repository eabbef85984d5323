import type { Item } from "./decodeAll.ts"
import { holds } from "./Rule.ts"

/** Every field of some records, in the order in which they come. */
export const namesOf = (records: ReadonlyArray<Readonly<Record<string, unknown>>>): ReadonlyArray<string> => [
  ...new Set(records.flatMap((record) => Object.keys(record)))
]

/** Fails unless equal records have equal digests, and others others. */
export const digestsTell = (records: ReadonlyArray<Item>): void => {
  for (const one of records) {
    for (const other of records) {
      const isSame = JSON.stringify(one.values) === JSON.stringify(other.values)
      const what = `records ${one.event} and ${other.event} are ${isSame ? "equal" : "not equal"}`
      holds((one.digest === other.digest) === isSame, `${what}, their digests ${one.digest} and ${other.digest}`)
    }
  }
}
