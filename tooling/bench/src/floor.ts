import type { System } from "./System.ts"

const reader = (name: string, ...program: readonly [command: string, ...args: ReadonlyArray<string>]): System => ({
  name,
  writesSessions: false,
  accepts: () => true,
  prepare: (input) => [...program, input]
})

/** What reading the file costs without understanding it. */
export const floor: ReadonlyArray<System> = [reader("cat", "cat"), reader("wc -l", "wc", "-l")]
