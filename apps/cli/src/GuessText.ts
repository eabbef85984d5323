import type { GuessNote } from "@sojourn/core"
import { shortText } from "./ShortText.ts"
import type { Style } from "./Style.ts"

/** What was guessed, each as the flag that says so: another value of the flag changes it. */
export const guessText = (notes: ReadonlyArray<GuessNote>, style: Style): string => {
  const flags = notes.map(({ flag, value }) => ({ flag, value: shellWord(shortText(value, 60)) }))
  const width = Math.max(...flags.map(({ flag, value }) => flag.length + 1 + value.length))
  const lines = notes.map(({ detail }, i) => {
    const { flag, value } = flags[i]
    const padding = " ".repeat(width - flag.length - 1 - value.length)
    return `  ${style.dim(flag)} ${style.bold(value)}${padding}  ${shortText(detail, 200)}`
  })
  return [`${style.bold("guessed")}, to be changed with these flags`, ...lines].join("\n")
}

const shellWord = (text: string): string =>
  /^[\w.,:/@+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
