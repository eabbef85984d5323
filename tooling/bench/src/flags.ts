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
