/** Something that every plugin of a kind must do. */
export interface Rule<Subject> {
  /** A sentence, after "it": `gives the records that the fixture names`. */
  readonly name: string
  /** Throws an `Error` that says what was found instead. */
  readonly check: (subject: Subject) => void | Promise<void>
}

/** A rule was broken. */
export class RuleBroken extends Error {
  override readonly name = "RuleBroken"
}

/** Fails unless two values are equal as JSON. `what` they are is said first. */
export const same = (what: string, found: unknown, expected: unknown): void => {
  const [one, other] = [found, expected].map((value) => JSON.stringify(value, null, 2))
  if (one !== other) throw new RuleBroken(`${what}: expected ${other}, found ${one}`)
}

/** Fails unless a condition holds. */
export const holds = (condition: boolean, what: string): void => {
  if (!condition) throw new RuleBroken(what)
}
