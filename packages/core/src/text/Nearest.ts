/**
 * The word among `candidates` that `word` was probably meant to be, ignoring case; `undefined` when none is near.
 * Distance: insertions, deletions, substitutions and swaps of neighbours (Damerau-Levenshtein, restricted form).
 */
export const nearest = (word: string, candidates: Iterable<string>): string | undefined => {
  let best: string | undefined
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < least && distance < Math.max(word.length, candidate.length)) {
      least = distance
      best = candidate
    }
  }
  return best
}

const editDistance = (a: string, b: string): number => {
  let beforeLast: Array<number> = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let distance = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, beforeLast[j - 2] + 1)
      }
      row.push(distance)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]
}

/** ` (did you mean "x"?)`, or nothing. */
export const didYouMean = (word: string, candidates: Iterable<string>): string => {
  const match = nearest(word, candidates)
  return match === undefined ? "" : ` (did you mean "${match}"?)`
}
