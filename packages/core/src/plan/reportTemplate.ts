/** A stretch of a template: text, or what is inside a block. `line`: of its first line, from 0. */
export interface TemplatePart {
  readonly part: "text" | "table" | "chart"
  readonly text: string
  readonly line: number
}

/** What is wrong with a template. */
export interface TemplateProblem {
  readonly line: number
  readonly message: string
}

/**
 * The parts of a template in Markdown. A block begins with a line that is ```` ```table ```` or ```` ```chart ```` and ends
 * with one that is ```` ``` ````; other fences are text.
 */
export const templateParts = (
  template: string
): { readonly parts: ReadonlyArray<TemplatePart>; readonly problems: ReadonlyArray<TemplateProblem> } => {
  const parts: Array<TemplatePart> = []
  const problems: Array<TemplateProblem> = []
  const lines = template.split(/\r?\n/)
  let text: Array<string> = []
  let start = 0
  const endText = () => {
    if (text.some((line) => line.trim() !== "")) parts.push({ part: "text", text: text.join("\n"), line: start })
    text = []
  }
  for (let i = 0; i < lines.length; i++) {
    const [, fence, word] = /^(`{3,}|~{3,})\s*(\S*)/.exec(lines[i]) ?? []
    if (fence === undefined) {
      if (text.length === 0) start = i
      text.push(lines[i])
      continue
    }
    const end = lines.findIndex((line, at) => at > i && line.trimEnd().startsWith(fence) && /^[`~]+\s*$/.test(line))
    const last = end < 0 ? lines.length : end
    if (word === "table" || word === "chart") {
      if (end < 0) problems.push({ line: i, message: `the ${word} that begins here has no end: a line with ${fence}` })
      endText()
      parts.push({ part: word, text: lines.slice(i + 1, last).join("\n"), line: i + 1 })
    } else {
      if (text.length === 0) start = i
      text.push(...lines.slice(i, last + 1))
    }
    i = last
  }
  endText()
  return { parts, problems }
}

/** `{{ table.column }}`, or a word alone, which is taken for a mistake. */
const valuePattern = /\{\{\s*([^{}]+?\.[^{}]+?|[\p{L}_][\p{L}\p{N}_]*)\s*\}\}/gu

/** A text and the values in it, in order; `line`: from the first of the text, from 0. */
export const templateSpans = (
  text: string
): ReadonlyArray<string | { readonly value: string; readonly line: number }> => {
  const spans: Array<string | { readonly value: string; readonly line: number }> = []
  let from = 0
  for (const match of text.matchAll(valuePattern)) {
    const [whole, value] = match
    if (match.index > from) spans.push(text.slice(from, match.index))
    spans.push({ value, line: text.slice(0, match.index).split("\n").length - 1 })
    from = match.index + whole.length
  }
  if (from < text.length) spans.push(text.slice(from))
  return spans
}
