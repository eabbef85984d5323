import { comma, closeBrace, closeBracket, openBrace, openBracket } from "./Bytes.ts"
import { incomplete, type Scanner, syntaxError } from "./Scanner.ts"

/** An array among the members of the top-level object. */
export interface List {
  /** As written. */
  readonly key: string
  /** The position after the opening bracket, its line, and the indent of that line. */
  readonly at: number
  readonly line: number
  readonly indent: number
}

/** A look at the members of the top-level object, to find the array that may hold the records. */
export class Survey {
  /** The position after the object, or a negative result of the scanner. */
  readonly end: number
  /** What could not be read is an item of an array whose first item is an object, */
  isInList = false
  /** and the items before it are sound and begin lines that are indented no more than the top-level object. */
  isAmongLines = false
  private readonly lists: Array<List> = []
  private readonly scanner: Scanner
  private readonly indent: number

  /** The object at `start`; the scanner has just come there. */
  constructor(scanner: Scanner, start: number) {
    this.scanner = scanner
    this.indent = scanner.indent
    this.end = this.sequence(start, closeBrace, (at) => this.member(at))
  }

  /** The only array of objects; one that was not read to its end needs to have an object only as its first item. */
  get list(): List | undefined {
    return this.lists.length === 1 ? this.lists[0] : undefined
  }

  private sequence(open: number, close: number, item: (at: number) => number): number {
    const { scanner } = this
    const { bytes, end } = scanner
    let at = scanner.skip(open + 1)
    if (bytes[at] === close) return at + 1
    for (;;) {
      at = item(at)
      if (at < 0) return at
      at = scanner.skip(at)
      if (at >= end) return incomplete
      if (bytes[at] === close) return at + 1
      if (bytes[at] !== comma) return syntaxError
      at = scanner.skip(at + 1)
    }
  }

  private member(key: number): number {
    const at = this.scanner.key(key)
    if (at < 0) return at
    return this.scanner.bytes[at] === openBracket ? this.array(key, at) : this.scanner.value(at, 1)
  }

  private array(key: number, open: number): number {
    const { scanner } = this
    const { bytes, indent, line } = scanner
    let items = 0
    let sound = 0
    let objects = 0
    let beginsWithObject = false
    let areLines = false
    const end = this.sequence(open, closeBracket, (at) => {
      const isObject = bytes[at] === openBrace
      if (items++ === 0) {
        beginsWithObject = isObject
        areLines = scanner.line > line && scanner.indent <= this.indent
      }
      if (isObject) objects++
      const after = scanner.value(at, 2)
      if (after >= 0) sound++
      return after
    })
    if (beginsWithObject && (end < 0 || objects === items)) {
      this.lists.push({ key: decoder.decode(bytes.subarray(key, scanner.string(key + 1))), at: open + 1, line, indent })
    }
    if (end < 0) {
      this.isInList = beginsWithObject && (end === incomplete || sound < items)
      this.isAmongLines = this.isInList && areLines && sound > 0
    }
    return end
  }
}

const decoder = new TextDecoder()
