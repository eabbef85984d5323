import { parseArgs, type ParseArgsConfig } from "node:util"

function stop(message: string): never {
  console.error(message)
  process.exit(1)
}

/** The flags of the command line; ends the program with a message if one is unknown or lacks its value. */
export function readFlags<const Options extends NonNullable<ParseArgsConfig["options"]>>(options: Options) {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return stop(error instanceof Error ? error.message : String(error))
  }
}

/** The value of a flag that takes a positive integer; ends the program with a message if it is none. */
export function readCount(flag: string, text: string | undefined): number {
  const count = Number(text)
  return Number.isSafeInteger(count) && count > 0 ? count : stop(`${flag} takes a positive integer`)
}

/** The value of a flag that takes positive integers with commas between; ends the program with a message if not. */
export function readCounts(flag: string, text: string): ReadonlyArray<number> {
  const counts = text.split(",").map(Number)
  const isValid = counts.every((count) => Number.isSafeInteger(count) && count > 0)
  return isValid ? counts : stop(`${flag} takes positive integers with commas between, such as 1000000,5000000`)
}

/** The value of a flag that takes some of a few words; ends the program with a message if one is none of them. */
export function readWords<const Word extends string>(
  flag: string,
  text: string,
  words: ReadonlyArray<Word>
): ReadonlyArray<Word> {
  const found = text.split(",").map((word) => words.find((known) => known === word))
  const known = found.filter((word) => word !== undefined)
  return known.length === found.length ? known : stop(`${flag} takes one or several of ${words.join(",")}`)
}
