/**
 * The command line as the commands understand it: `_` in the name of a flag is `-`, and a line that starts with
 * something that is no command is taken as `sessions` with that file, if it can be one.
 */
export const normalised = (argv: ReadonlyArray<string>, commands: ReadonlyArray<string>): ReadonlyArray<string> => {
  const end = argv.indexOf("--")
  const flags = argv.map((word, i) => (end >= 0 && i > end ? word : withDashes(word)))
  return isFile(flags[0], commands) ? ["sessions", ...flags] : flags
}

const withDashes = (word: string): string => {
  const match = /^(--[^=]+)(=.*)?$/s.exec(word)
  return match === null ? word : match[1].replaceAll("_", "-") + (match[2] ?? "")
}

/** A bare word is a mistyped command rather than a file, unless it looks like a path. */
const isFile = (word: string | undefined, commands: ReadonlyArray<string>): boolean =>
  word !== undefined && !commands.includes(word) && (word === "-" || (!word.startsWith("-") && /[./\\*]/.test(word)))
