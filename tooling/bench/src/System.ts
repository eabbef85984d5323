import type { Input } from "./Input.ts"
import type { Program } from "./measure.ts"

/** Something that does the job, or reads the same file for comparison. */
export interface System {
  readonly name: string
  /** Whether it writes sessions, which are then compared with those of the others. */
  readonly writesSessions: boolean
  /** Whether it can read such an input at all. */
  readonly accepts: (input: Input) => boolean
  /** The program to be measured; what it needs besides the input is in place afterwards. */
  readonly prepare: (input: string, output: string) => Program
}
