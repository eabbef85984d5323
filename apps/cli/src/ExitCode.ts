/** What the command ends with, so that scripts can tell. */
export const ExitCode = {
  done: 0,
  /** A threshold was passed, or nothing of a non-empty input could be accepted; outputs are written all the same. */
  threshold: 1,
  /** The command line or a spec is wrong. */
  usage: 2,
  /** An input could not be read or an output not written. */
  io: 3,
  /** The records do not add up: a defect of Sojourn. */
  defect: 70
} as const
