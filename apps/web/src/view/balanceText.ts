import type { Summary } from "@sojourn/core"
import { count } from "../format.ts"
import { texts } from "../texts.ts"

const words = texts.balanceOf

/** Where every record went, in one line: `read 5 = 4 accepted + 1 skipped; 4 = 3 unique + 1 duplicate`. */
export const balanceText = (accounting: Summary["accounting"]): string => {
  const { accepted, duplicates, filtered, in_sessions, late, outside, read, rejected, unique } = accounting
  const some = (n: number, word: (n: string) => string) => (n === 0 ? [] : [word(count(n))])
  const sum = (whole: string, parts: ReadonlyArray<string>) => `${whole} = ${parts.join(" + ")}`
  const lines = [
    sum(words.read(count(read)), [words.accepted(count(accepted)), words.skipped(count(rejected))]),
    sum(count(accepted), [...some(filtered, words.filtered), words.unique(count(unique)), words.duplicates(duplicates)])
  ]
  if (in_sessions !== null && outside + late > 0) {
    const where = [words.inSessions(count(in_sessions)), ...some(outside, words.outside), ...some(late, words.late)]
    lines.push(sum(count(unique), where))
  }
  return lines.join("; ")
}
