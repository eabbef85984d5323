import type { Summary } from "@sojourn/core"
import { count } from "../format.ts"

/** Where every record went, in one line: `read 5 = 4 accepted + 1 skipped; 4 = 3 unique + 1 duplicate`. */
export const balanceText = (accounting: Summary["accounting"]): string => {
  const { accepted, duplicates, filtered, in_sessions, late, outside, read, rejected, unique } = accounting
  const some = (n: number, what: string) => (n === 0 ? [] : [`${count(n)} ${what}`])
  const parts = [
    `read ${count(read)} = ${count(accepted)} accepted + ${count(rejected)} skipped`,
    `${count(accepted)} = ${[...some(filtered, "filtered"), `${count(unique)} unique`, `${count(duplicates)} ${duplicates === 1 ? "duplicate" : "duplicates"}`].join(" + ")}`
  ]
  if (in_sessions !== null && outside + late > 0) {
    const where = [`${count(in_sessions)} in sessions`, ...some(outside, "outside"), ...some(late, "late")]
    parts.push(`${count(unique)} = ${where.join(" + ")}`)
  }
  return parts.join("; ")
}
