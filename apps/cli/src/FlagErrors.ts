import type { SpecError } from "@sojourn/core"
import { UsageError } from "./Failure.ts"

/** Which flag says what stands at a place of the spec that flags make. */
const flags: ReadonlyArray<readonly [string, string]> = [
  ["source.format", "--format, --header, --delimiter, --layout"],
  ["event.time_format", "--time-format"],
  ["event.timezone", "--timezone"],
  ["event.user", "--user"],
  ["event.time", "--time"],
  ["event.type", "--type"],
  ["event.columns", "--columns"],
  ["dedupe", "--dedupe"],
  ["sessions.gap", "--gap"],
  ["outputs.sessions", "--out"],
  ["outputs.events.columns", "--columns"],
  ["outputs.events", "--events"],
  ["outputs.rejects", "--rejects"]
]

/** A mistake in the spec that flags made, told by flag: nobody has seen that spec. */
export const flagError = (text: string, { problems }: SpecError): UsageError => {
  const messages = problems.map(({ line, message }) => {
    const path = keyPath(text, line)
    const flag = flags.find(([place]) => path.startsWith(place))?.[1]
    return flag === undefined ? message : `${flag}: ${message}`
  })
  const hints = new Set(problems.flatMap(({ hint }) => hint ?? []))
  return new UsageError({
    message: messages.join("\n"),
    ...(hints.size === 0 ? {} : { hint: [...hints].join("\n  ") })
  })
}

/** The keys that lead to a line of block-style YAML, joined by dots. */
const keyPath = (text: string, line: number): string => {
  const path: Array<string> = []
  let indent = Number.POSITIVE_INFINITY
  for (const row of text.split("\n").slice(0, line).reverse()) {
    const match = /^( *)(\w+):/.exec(row)
    if (match === null || match[1].length >= indent) continue
    indent = match[1].length
    path.unshift(match[2])
  }
  return path.join(".")
}
