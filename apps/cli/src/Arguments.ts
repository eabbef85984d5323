/** What {@link normalised} must know of the command. */
export interface Vocabulary {
  readonly commands: ReadonlyArray<string>
  /** Flags that the command has without a subcommand, with their dashes. */
  readonly rootFlags: ReadonlyArray<string>
  /** Whether there is a file or directory of that name. */
  readonly exists: (path: string) => boolean
}

/**
 * The command line as the commands understand it: `_` in the name of a flag is `-`, and a line that starts with a file
 * or with a flag of `sessions` is taken as `sessions`.
 */
export const normalised = (argv: ReadonlyArray<string>, vocabulary: Vocabulary): ReadonlyArray<string> => {
  const end = argv.indexOf("--")
  const words = argv.map((word, i) => (end >= 0 && i > end ? word : withDashes(word)))
  return isSessions(words, vocabulary) ? ["sessions", ...words] : words
}

const withDashes = (word: string): string => {
  const match = /^(--[^=]+)(=.*)?$/s.exec(word)
  return match === null ? word : match[1].replaceAll("_", "-") + (match[2] ?? "")
}

const isSessions = ([first, ...rest]: ReadonlyArray<string>, { commands, exists, rootFlags }: Vocabulary): boolean => {
  if (first === undefined || commands.includes(first)) return false
  if (first === "-" || first === "--") return true
  if (first.startsWith("-")) {
    return !rootFlags.includes(first.replace(/=.*/s, "")) && !rest.some((word) => commands.includes(word))
  }
  // A bare word that is no file is a mistyped command.
  return /[./\\*]/.test(first) || exists(first)
}

/** A word that may be the first operand of a command: after a flag, only if that one takes no value. */
export interface Operand {
  readonly word: string
  readonly after: string | undefined
}

/** The words that may be the first operand, up to the one that is it at the latest; `alone` are flags without a value. */
export const firstOperands = (words: ReadonlyArray<string>, alone: ReadonlyArray<string>): ReadonlyArray<Operand> => {
  const found: Array<Operand> = []
  for (let i = 0; i < words.length; i++) {
    const isLast = words[i] === "--"
    const word = isLast ? words[i + 1] : words[i]
    if (word === undefined) break
    if (isLast || !isFlag(word)) return [...found, { word, after: undefined }]
    const next = words[i + 1]
    if (word.includes("=") || alone.includes(word) || next === undefined || isFlag(next)) continue
    found.push({ word: next, after: word })
    i++
  }
  return found
}

/** A number below zero is a value. */
const isFlag = (word: string): boolean => /^-(?:-|[A-Za-z])/.test(word)
