/** The quantile of the normal distribution that leaves 2.5 % above it. */
const z = 1.959963984540054

/**
 * The 95 % confidence interval of a proportion, `k` successes in `n` trials, by E. B. Wilson ("Probable Inference, the Law
 * of Succession, and Statistical Inference", 1927), without a correction for continuity.
 */
export const wilson = (k: number, n: number): { readonly low: number; readonly high: number } => {
  const share = k / n
  const center = share + (z * z) / (2 * n)
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  const scale = 1 + (z * z) / n
  // At its ends the interval is exact, which rounding would miss.
  return { low: k === 0 ? 0 : (center - half) / scale, high: k === n ? 1 : (center + half) / scale }
}
