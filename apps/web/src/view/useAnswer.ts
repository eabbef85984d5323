import { useEffect, useState } from "preact/hooks"
import type { Problem } from "../engine/Engine.ts"
import { problemOf } from "../state/app.ts"

export interface Answer<A> {
  /** The last one there was, as long as the next is on its way. */
  readonly value: A | undefined
  readonly problem: Problem | undefined
  readonly isLoading: boolean
}

/** What a question is answered with; it is asked again when one of `inputs` is another one. */
export const useAnswer = <A>(ask: () => Promise<A>, inputs: ReadonlyArray<unknown>): Answer<A> => {
  const [answer, setAnswer] = useState<Answer<A>>({ value: undefined, problem: undefined, isLoading: true })
  useEffect(() => {
    let isWanted = true
    setAnswer((last) => ({ ...last, isLoading: true }))
    ask().then(
      (value) => isWanted && setAnswer({ value, problem: undefined, isLoading: false }),
      (error: unknown) => isWanted && setAnswer({ value: undefined, problem: problemOf(error), isLoading: false })
    )
    return () => {
      isWanted = false
    }
  }, inputs)
  return answer
}
