import type { GuessNote } from "@sojourn/core"
import type { Style } from "./Style.ts"

/** What was guessed, and the flags that change it. */
export const guessText = (notes: ReadonlyArray<GuessNote>, style: Style): string => {
  const width = (texts: ReadonlyArray<string>) => Math.max(...texts.map((text) => text.length))
  const roles = width(notes.map(({ role }) => role))
  const values = width(notes.map(({ value }) => value))
  const lines = notes.map(
    ({ detail, flag, role, value }) =>
      `  ${style.dim(role.padEnd(roles))}  ${style.bold(value.padEnd(values))}  ${detail}  ${style.dim(`(${flag})`)}`
  )
  return [style.bold("guessed"), ...lines].join("\n")
}
