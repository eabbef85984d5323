/**
 * The two-sided p-value of Fisher's exact test: of two samples with `n1` and `n2` trials, of which `k1` and `k2` had
 * success, the chance of any split of these successes that is no likelier than this one (R. A. Fisher, "The Design of
 * Experiments", 1935). Splits whose chances differ by less than one part in 10^7 are taken to be equally likely, as in R.
 *
 * Chances are computed from that of the likeliest split by the ratio of neighbours: without factorials, and with nothing
 * but the four operations, so that the result is the same everywhere. The relative error is some 10^-16 for each split
 * between; a chance below 10^-300 of the likeliest one is 0.
 */
export const fisherExact = (k1: number, n1: number, k2: number, n2: number): number => {
  const successes = k1 + k2
  const least = Math.max(0, successes - n2)
  const most = Math.min(n1, successes)
  const likeliest = Math.min(most, Math.max(least, Math.floor(((n1 + 1) * (successes + 1)) / (n1 + n2 + 2))))
  /** Chances as multiples of that of the likeliest split. */
  const chances = new Float64Array(most - least + 1)
  chances[likeliest - least] = 1
  const odds = (k: number) => ((n1 - k) * (successes - k)) / ((k + 1) * (n2 - successes + k + 1))
  for (let k = likeliest; k < most; k++) chances[k + 1 - least] = chances[k - least] * odds(k)
  for (let k = likeliest; k > least; k--) chances[k - 1 - least] = chances[k - least] / odds(k - 1)
  const limit = chances[k1 - least] * (1 + 1e-7)
  let all = 0
  let extreme = 0
  for (const chance of chances) {
    all += chance
    if (chance <= limit) extreme += chance
  }
  return Math.min(1, extreme / all)
}
