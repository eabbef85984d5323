import type { Finding } from "@sojourn/core"
import { shortText } from "./ShortText.ts"
import type { Style } from "./Style.ts"

/** Samples shown of a finding. */
const mostSamples = 3

/** How many checks passed and did not. */
export const findingsText = (findings: ReadonlyArray<Finding>): string => {
  const of = (outcome: Finding["outcome"]) => findings.filter((one) => one.outcome === outcome).length
  const warnings = of("warning")
  return [
    `${of("passed")} passed`,
    ...(warnings === 0 ? [] : [`${warnings} ${warnings === 1 ? "warning" : "warnings"}`]),
    ...(of("failed") === 0 ? [] : [`${of("failed")} failed`])
  ].join(", ")
}

/** `no overlap (sessions): 3 of 1,200 rows fail, expected at most 0`. */
export const findingText = ({ check, input, message, table }: Finding): string => {
  const about = input ?? table
  return `${shortText(check, 100)}${about === null ? "" : ` (${about})`}: ${message}`
}

/** Findings shown: there may be one for each of many inputs. */
const mostFindings = 20

/** What checks found that is not as expected, the failures first, with some of the rows. */
export const findingLines = (findings: ReadonlyArray<Finding>, style: Style): ReadonlyArray<string> => {
  const found = (["failed", "warning"] as const).flatMap((outcome) => findings.filter((one) => one.outcome === outcome))
  const lines = found.slice(0, mostFindings).map((one) => findingBlock(one, style))
  const more = found.length - mostFindings
  return more > 0 ? [...lines, `and ${more} more`] : lines
}

const findingBlock = (finding: Finding, style: Style): string => {
  const word = finding.outcome === "failed" ? style.red("failed ") : style.yellow("warning")
  const samples = finding.samples.slice(0, mostSamples).map((sample) => {
    const values = Object.entries(sample).map(([name, value]) => `${name} ${value ?? "null"}`)
    return `\n         ${style.dim(shortText(values.join(", "), 160))}`
  })
  return `${word}  ${findingText(finding)}${samples.join("")}`
}
