import { benjaminiHochberg } from "./benjaminiHochberg.ts"
import { fisherExact } from "./fisherExact.ts"
import { twoProportions } from "./twoProportions.ts"
import { wilson } from "./wilson.ts"

/** Successes among the rows of a group. */
export interface Counted {
  readonly n: number
  readonly successes: number
}

/** A group against all others. */
export interface Compared {
  /** 95 % confidence interval of the share of successes. */
  readonly low: number
  readonly high: number
  readonly others: Counted
  /** Undefined where the group is not judged. */
  readonly verdict:
    | { readonly test: "fisher" | "proportions"; readonly p: number; readonly adjusted: number }
    | undefined
}

/** Groups with fewer rows are not judged. */
const enough = 30

/** The chi-squared statistic is not to be trusted where a count below this is expected (W. G. Cochran, 1954). */
const leastExpected = 5

/** Compares each group with all others together; each has rows. */
export const compareGroups = (groups: ReadonlyArray<Counted>): ReadonlyArray<Compared> => {
  const total = groups.reduce((sum, group) => sum + group.n, 0)
  const successes = groups.reduce((sum, group) => sum + group.successes, 0)
  const tested = groups.map((group) => {
    const others = { n: total - group.n, successes: successes - group.successes }
    return { others, tested: group.n >= enough && others.n > 0 ? test(group, others) : undefined }
  })
  const adjusted = benjaminiHochberg(tested.flatMap((one) => (one.tested === undefined ? [] : [one.tested.p])))
  let next = 0
  return groups.map((group, i) => {
    const { others, tested: found } = tested[i]
    return {
      ...wilson(group.successes, group.n),
      others,
      verdict: found && { ...found, adjusted: adjusted[next++] }
    }
  })
}

const test = (one: Counted, others: Counted) => {
  const all = one.n + others.n
  const successes = one.successes + others.successes
  const expected = (Math.min(one.n, others.n) * Math.min(successes, all - successes)) / all
  const counts = [one.successes, one.n, others.successes, others.n] as const
  return expected < leastExpected
    ? { test: "fisher" as const, p: fisherExact(...counts) }
    : { test: "proportions" as const, p: twoProportions(...counts) }
}
