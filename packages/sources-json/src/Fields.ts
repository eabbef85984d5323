import { Interner, isUtf8, type WantedColumn } from "@sojourn/core"

/** Objects are looked into for their fields down to this level, further only where a wanted path leads. */
const listedDepth = 3

/** More keys than this in one input, or a longer one, are data rather than names: they are not kept. */
const maxKeys = 2000
const maxKeyLength = 256

/** What is wanted at one path. */
class Wanted {
  /** Columns that take the value itself. */
  readonly columns: Array<number> = []
  /** Columns that take something inside it. */
  readonly inner: Array<number> = []
  readonly members = new Map<string, Wanted>()

  member(name: string): Wanted {
    const known = this.members.get(name) ?? new Wanted()
    this.members.set(name, known)
    return known
  }
}

const nothing = new Wanted()

/** The wanted columns as a tree of keys; a path with dots is also a key of its own. */
const wantedTree = (columns: ReadonlyArray<WantedColumn>): Wanted => {
  const root = new Wanted()
  columns.forEach(({ path }, column) => {
    let wanted = root
    for (const name of path.split(".")) {
      wanted.inner.push(column)
      wanted = wanted.member(name)
    }
    wanted.columns.push(column)
    if (wanted !== root.members.get(path)) root.member(path).columns.push(column)
  })
  return root
}

/** A field, and the shape of the objects that have it. */
interface Kept {
  readonly field: Field
  readonly owner: Shape
}

/** The fields that an input was seen to have: a tree of keys, learned from the records themselves. */
export class Fields {
  /** Of the record itself. */
  readonly top: Shape
  /** The paths, in order of appearance. */
  readonly paths: Array<string> = []
  /** The fields that are kept, in order of appearance; that which an object stands in comes before its own. */
  readonly kept: Array<Kept> = []
  /** Keys kept, in any spelling. */
  keys = 0

  constructor(columns: ReadonlyArray<WantedColumn>) {
    this.top = new Shape(this, wantedTree(columns), "", 1)
  }

  /**
   * A field that appears for the first time; undefined if it is not to be kept. A key that is not UTF-8 never is, so
   * that it is looked at again in every record.
   */
  learn(wanted: Wanted | undefined, key: Uint8Array, name: string, path: string, depth: number): Field | undefined {
    if (!isUtf8(key, 0, key.length) || (wanted === undefined && this.full(key.length))) return undefined
    if (depth <= listedDepth) this.paths.push(path)
    const isOpened = depth < listedDepth || (wanted !== undefined && wanted.members.size > 0)
    const shape = isOpened ? new Shape(this, wanted ?? nothing, `${path}.`, depth + 1) : undefined
    return new Field(key, name, wanted ?? nothing, shape)
  }

  /** Whether a new key of that length is no longer kept. */
  full(keyLength: number): boolean {
    return this.keys >= maxKeys || keyLength > maxKeyLength
  }
}

/** A field of the objects at one path. */
export class Field {
  /** The key as written, with its quotes. */
  readonly key: Uint8Array
  readonly columns: ReadonlyArray<number>
  readonly inner: ReadonlyArray<number>
  /** The fields inside it, unless it is taken as a whole. */
  readonly shape: Shape | undefined
  /** The field that came next in the last object. */
  next: Field | undefined
  /** Without its quotes and escapes. */
  readonly name: string
  /** The last record that had this field. */
  record = 0

  constructor(key: Uint8Array, name: string, wanted: Wanted, shape: Shape | undefined) {
    this.key = key
    this.name = name
    this.columns = wanted.columns
    this.inner = wanted.inner
    this.shape = shape
  }

  /** Whether the key stands at `bytes[at]`. */
  standsAt(bytes: Uint8Array, at: number, end: number): boolean {
    const { key } = this
    if (at + key.length > end) return false
    for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return false
    return true
  }
}

/** The fields known of the objects at one path. */
export class Shape {
  /** The field that came first in the last object. */
  first: Field | undefined
  private readonly all: Fields
  private readonly wanted: Wanted
  private readonly prefix: string
  private readonly depth: number
  private spellings: Interner | undefined
  private readonly bySpelling: Array<Field> = []
  private readonly byName = new Map<string, Field>()
  /** Stands for every field that is not kept; its key matches nothing in JSON text. */
  private readonly other = new Field(Uint8Array.of(0), "", nothing, undefined)

  constructor(all: Fields, wanted: Wanted, prefix: string, depth: number) {
    this.all = all
    this.wanted = wanted
    this.prefix = prefix
    this.depth = depth
  }

  /** The field with the key `bytes[start..end)`, quotes included. */
  field(bytes: Uint8Array, start: number, end: number): Field {
    if (this.all.full(end - start)) return this.named(bytes, start, end)
    this.spellings ??= new Interner()
    const code = this.spellings.intern(bytes, start, end)
    const known = this.bySpelling[code]
    if (known !== undefined) return known
    this.bySpelling[code] = this.named(bytes, start, end)
    this.all.keys++
    return this.bySpelling[code]
  }

  private named(bytes: Uint8Array, start: number, end: number): Field {
    const key = bytes.slice(start, end)
    const name: string = JSON.parse(decoder.decode(key))
    const known = this.byName.get(name)
    if (known !== undefined) return known
    const field = this.all.learn(this.wanted.members.get(name), key, name, this.prefix + name, this.depth)
    if (field === undefined) return this.other
    this.byName.set(name, field)
    this.all.kept.push({ field, owner: this })
    return field
  }
}

const decoder = new TextDecoder()
