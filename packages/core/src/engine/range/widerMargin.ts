import type { Cuts } from "./Cuts.ts"
import type { Margin } from "./Edges.ts"

/**
 * The margin that is needed where more has to be read; undefined where nothing is missing. `leftOut`: whether directories
 * before and after were not read. It doubles, so that little is read again; events of another date than their directory's
 * may be in any.
 */
export const widerMargin = (
  { after, before }: Margin,
  leftOut: { readonly before: boolean; readonly after: boolean },
  { cutAfter, cutBefore, misplaced }: Cuts
): Margin | undefined => {
  const needsBefore = leftOut.before && cutBefore + misplaced > 0
  const needsAfter = leftOut.after && cutAfter + misplaced > 0
  if (!needsBefore && !needsAfter) return undefined
  const wider = (days: number) => (misplaced > 0 ? Infinity : days * 2 + 1)
  return { before: needsBefore ? wider(before) : before, after: needsAfter ? wider(after) : after }
}
