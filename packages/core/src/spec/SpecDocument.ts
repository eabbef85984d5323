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

/** A spec's text, parsed (YAML, of which JSON is a part), that remembers where everything stood. */
export class SpecDocument {
  readonly file: string
  readonly value: unknown
  private readonly document: Document
  private readonly lines: LineCounter

  private constructor(file: string, document: Document, lines: LineCounter) {
    this.file = file
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
      return new SpecDocument(file, document, lines)
    } catch {
      return fail(0, "not valid YAML: its aliases (*name) stand for too much")
    }
  }

  /** A problem at the value at `path`, or at its key; the nearest place above where there is none. */
  problem(path: Path, message: string, options: { readonly key?: boolean; readonly hint?: string } = {}): SpecProblem {
    const { line, col } = this.lines.linePos(this.offset(path, options.key ?? false))
    return { line, column: col, message, ...(options.hint === undefined ? {} : { hint: options.hint }) }
  }

  private offset(path: Path, atKey: boolean): number {
    let node: unknown = this.document.contents
    let offset = start(node)
    for (const [i, segment] of path.entries()) {
      if (!isCollection(node)) return offset
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(segment))
        if (!isPair(pair)) return offset
        const last = i === path.length - 1
        offset = last && atKey ? start(pair.key) : start(pair.value) || start(pair.key)
        node = pair.value
      } else {
        node = node.items[Number(segment)]
        offset = start(node)
      }
    }
    return offset
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
