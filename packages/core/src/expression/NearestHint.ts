import { nearest } from "../text/Nearest.ts"

/** `did you mean page?`, if a word is near. */
export const nearestHint = (word: string, candidates: Iterable<string>): string | undefined => {
  const near = nearest(word, candidates)
  return near === undefined ? undefined : `did you mean ${near}?`
}
