import { knownRegex, replacementParts } from "../Regex.ts"
import { type MakeKernel, textAt, toBool, toText } from "./Kernel.ts"

const regexpMatches: MakeKernel = ({ literal }) => {
  const regex = knownRegex(literal(1))
  return toBool(([value]) => {
    const text = textAt(value)
    return (row) => regex.test(text(row))
  })
}

/** The first match, or a group of it; null where there is none. */
const regexpExtract: MakeKernel = ({ literal, tree }) => {
  const regex = knownRegex(literal(1))
  const group = tree.arguments.length > 2 ? Number(literal(2)) : 0
  return toText(([value]) => {
    const text = textAt(value)
    return (row) => {
      const matcher = regex.matcher(text(row))
      return matcher.find() ? (matcher.group(group) ?? undefined) : undefined
    }
  })
}

/** The first match, or with `g` every match, replaced. */
const regexpReplace: MakeKernel = ({ literal, tree }) => {
  const regex = knownRegex(literal(1))
  const parts = replacementParts(literal(2))
  const all = tree.arguments.length > 3
  return toText(([value]) => {
    const text = textAt(value)
    return (row) => {
      const subject = text(row)
      const matcher = regex.matcher(subject)
      let out = ""
      let at = 0
      while (matcher.find()) {
        out += subject.slice(at, matcher.start())
        for (const part of parts) out += typeof part === "string" ? part : (matcher.group(part) ?? "")
        at = matcher.end()
        if (!all) break
      }
      return out + subject.slice(at)
    }
  })
}

export const regexFunctions: Readonly<Record<string, MakeKernel>> = {
  regexp_matches: regexpMatches,
  regexp_extract: regexpExtract,
  regexp_replace: regexpReplace
}
