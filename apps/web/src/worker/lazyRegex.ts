import type * as Re2 from "re2js"

/*
 * Stands for `re2js` in the worker (see vite.config.ts), so that its tables of Unicode, a sixth of all code, are fetched
 * only for specs with regular expressions. Until then compiling one throws {@link RegexMissing}.
 */

/** There is a regular expression, and what reads it has to be loaded first. */
export class RegexMissing extends Error {
  override readonly name = "RegexMissing"
}

const missing = {
  compile: () => {
    throw new RegexMissing("regular expressions have not been loaded")
  }
}

export let RE2JS = missing as unknown as typeof Re2.RE2JS
export let RE2JSException = class extends Error {} as unknown as typeof Re2.RE2JSException

const load = async (): Promise<void> => {
  const whole = await import("re2js")
  RE2JS = whole.RE2JS
  RE2JSException = whole.RE2JSException
}

/** What a function gives; regular expressions are loaded if it needs them. */
export const withRegex = async <A>(run: () => A): Promise<A> => {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof RegexMissing)) throw error
    await load()
    return run()
  }
}
