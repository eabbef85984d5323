/**
 * The two-sided p-value of the test of two proportions: of samples with `n1` and `n2` trials, of which `k1` and `k2` had
 * success, by the normal distribution with the variance of both samples together, without a correction for continuity.
 * Some samples have to have success, and some none.
 */
export const twoProportions = (k1: number, n1: number, k2: number, n2: number): number => {
  const pooled = (k1 + k2) / (n1 + n2)
  const z = (k1 / n1 - k2 / n2) / Math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
  return erfc(Math.abs(z) / Math.SQRT2)
}

/**
 * The complementary error function of a number from 0: below 2 by the Taylor series of erf, above by the continued
 * fraction of Laplace (Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.6 and 7.1.14), which is summed
 * from its end. The relative error is below 10^-13, where the result is above 10^-300.
 */
export const erfc = (x: number): number => {
  const bell = Math.exp(-x * x) / Math.sqrt(Math.PI)
  if (x < 2) {
    let term = 2 * x
    let sum = term
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * x * x) / (2 * n + 1)
      sum += term
    }
    return 1 - bell * sum
  }
  let tail = 0
  for (let n = fractions; n > 0; n--) tail = n / 2 / (x + tail)
  return bell / (x + tail)
}

/** So many parts of the fraction are enough from 2 on. */
const fractions = 100
