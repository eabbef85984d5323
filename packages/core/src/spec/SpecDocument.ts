import {
  type Document,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit
} from "yaml"
import { SpecError, type SpecProblem } from "./SpecError.ts"

export type Path = ReadonlyArray<PropertyKey>

/** Where exactly a problem is, and what may help. */
export interface ProblemOptions {
  readonly key?: boolean
  readonly hint?: string
  readonly at?: number
}

/** A spec's text, parsed (YAML, of which JSON is a part), that remembers where everything stood. */
export class SpecDocument {
  readonly file: string
  readonly value: unknown
  private readonly document: Document
  private readonly lines: LineCounter
  private readonly text: string

  private constructor(file: string, text: string, document: Document, lines: LineCounter) {
    this.file = file
    this.text = text
    this.document = document
    this.lines = lines
    this.value = document.toJS({ maxAliasCount: 100 })
  }

  /** Throws {@link SpecError} when the text is not YAML. */
  static parse(file: string, text: string): SpecDocument {
    const lines = new LineCounter()
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: true,
      stringKeys: true
    })
    const fail = (offset: number, message: string, code = ""): never => {
      const { line, col } = lines.linePos(offset)
      const hint = trapHint(code, text.split("\n")[line - 1] ?? "")
      throw new SpecError({ file, problems: [{ line, column: col, message, ...hint }] })
    }
    for (const { code, message, pos } of document.errors) {
      if (code === "MULTIPLE_DOCS") fail(pos[0], "a spec is one document; --- starts another")
      fail(pos[0], `not valid YAML: ${message}`, code)
    }
    visit(document, {
      Alias: (_, alias, ancestors) => {
        const target = alias.resolve(document)
        if (target !== undefined && !ancestors.includes(target)) return
        fail(start(alias), `not valid YAML: no &${alias.source} is complete before this *${alias.source}`)
      }
    })
    try {
      return new SpecDocument(file, text, document, lines)
    } catch {
      return fail(0, "not valid YAML: its aliases (*name) stand for too much")
    }
  }

  /**
   * A problem at the value at `path`, or at its key; the nearest place above where there is none. `at`: so many characters
   * into a text, where it stands in one line as it is.
   */
  problem(path: Path, message: string, { at = 0, hint, key = false }: ProblemOptions = {}): SpecProblem {
    const { node, offset } = this.find(path, key)
    const { line, col } = this.lines.linePos(offset + (at > 0 ? this.inside(node, at) : 0))
    return { line, column: col, message, ...(hint === undefined ? {} : { hint }) }
  }

  /**
   * A problem inside a text of several lines, at its line and column (from 1). Of a text that is written as a block (`|`)
   * the place is told exactly, of another one in words.
   */
  problemInText(
    path: Path,
    at: { readonly line: number; readonly column: number },
    message: string,
    hint?: string
  ): SpecProblem {
    const { node, offset } = this.find(path, false)
    const { line, col } = this.lines.linePos(offset)
    const more = hint === undefined ? {} : { hint }
    if (!isScalar(node) || node.type !== "BLOCK_LITERAL") {
      return { line, column: col, message: `line ${at.line}: ${message}`, ...more }
    }
    const lines = this.text.split("\n").slice(line)
    const indent = /^ */.exec(lines.find((one) => one.trim() !== "") ?? "")?.[0].length ?? 0
    return { line: line + at.line, column: indent + at.column, message, ...more }
  }

  /** How far from the start of a text its character `at` stands; 0 where it is written differently. */
  private inside(node: unknown, at: number): number {
    if (!isScalar(node) || typeof node.value !== "string" || node.value.includes("\n")) return 0
    for (const quote of [0, 1]) {
      const from = start(node) + quote
      if (this.text.slice(from, from + node.value.length) === node.value) return quote + at
    }
    return 0
  }

  private find(path: Path, atKey: boolean): { readonly node: unknown; readonly offset: number } {
    let node: unknown = this.document.contents
    let offset = start(node)
    for (const [i, segment] of path.entries()) {
      if (!isCollection(node)) return { node: undefined, offset }
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(segment))
        if (!isPair(pair)) return { node: undefined, offset }
        const last = i === path.length - 1
        offset = last && atKey ? start(pair.key) : start(pair.value) || start(pair.key)
        node = pair.value
      } else {
        node = node.items[Number(segment)]
        offset = start(node)
      }
    }
    return { node, offset }
  }
}

const start = (node: unknown): number => (node as Node | null | undefined)?.range?.[0] ?? 0

/** What YAML errors that come from unquoted texts mean. */
const trapHint = (code: string, line: string): { readonly hint?: string } => {
  if (/\{.*\w\(.*,.*\).*\}/.test(line)) return { hint: "an expression with a comma inside { } must be quoted" }
  if (code === "BLOCK_AS_IMPLICIT_KEY" && /:\s.*:\s/.test(line))
    return { hint: 'a text with ": " in it must be quoted' }
  return code === "MULTILINE_IMPLICIT_KEY" ? { hint: "a comma or a colon may be missing here" } : {}
}
