import { wasm } from "./wasm.ts"
import { atob, nodeBuffer, webAssembly } from "./WebAssembly.ts"

/** What assembly/index.ts exports. Pointers are numbers. */
export interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly alloc: (bytes: number) => number
  readonly free: (block: number, bytes: number) => void
  readonly tableNew: (columns: number, wantsDigest: boolean) => number
  readonly tableColumn: (table: number, index: number, isTime: boolean) => number
  readonly tableEmpty: (table: number) => void
  readonly columnClear: (column: number) => void
  readonly columnJson: (column: number, isJson: boolean) => void
  readonly columnDistinct: (column: number) => void
  readonly plainTexts: (
    column: number,
    from: number,
    to: number,
    blanksToo: boolean,
    offsets: number,
    base: number,
    bytes: number,
    others: number
  ) => number
  readonly recordBegin: (table: number) => void
  readonly recordCell: (table: number, column: number, at: number, length: number) => void
  readonly recordUnset: (table: number, column: number) => void
  readonly recordDigest: (table: number, name: number, nameLength: number, value: number, valueLength: number) => void
  readonly cutNew: () => number
  readonly cutSessions: (cut: number) => number
  readonly cutDurations: (cut: number) => number
  readonly cutPutDurations: (cut: number, to: number) => void
  readonly storeNew: (checks: number, columns: number) => number
  readonly storeCheck: (
    events: number,
    check: number,
    column: number,
    isTime: boolean,
    ofNull: number,
    target: number
  ) => void
  readonly storeRange: (events: number, from: number, to: number) => void
  readonly storeReserveTexts: (events: number, check: number, size: number) => void
  readonly storeLearnTexts: (events: number, check: number, from: number, to: number) => void
  readonly storeAccept: (events: number, table: number, rows: number, part: number) => number
  readonly namesNew: () => number
  readonly namesOrder: (names: number) => void
  readonly namesUse: (names: number, ends: number) => void
  readonly storeBeginSort: (events: number) => number
  readonly storeRank: (events: number, ranks: number, counts: number, from: number, to: number) => void
  readonly storeStartRanks: (counts: number, size: number) => void
  readonly storePlace: (events: number, next: number, from: number, to: number) => void
  readonly storeSortRanks: (events: number, times: number, ends: number, from: number, to: number) => void
  readonly storeEndSort: (events: number, times: number) => void
  readonly storeGatherWords: (events: number, values: number, to: number, from: number, end: number) => void
  readonly storeGatherLongs: (events: number, values: number, to: number, from: number, end: number) => void
  readonly storeEmpty: (events: number) => void
  readonly recordKeep: (table: number, event: number, line: number, offset: number, length: number) => void
  readonly jsonOf: (table: number) => number
  readonly jsonRoot: (json: number) => number
  readonly jsonLearn: (
    json: number,
    parent: number,
    key: number,
    length: number,
    columns: number,
    columnCount: number,
    isOpened: boolean
  ) => number
  readonly jsonRead: (
    json: number,
    from: number,
    end: number,
    offset: number,
    event: number,
    line: number,
    cap: number,
    maxRecords: number
  ) => number
  readonly csvRead: (
    csv: number,
    table: number,
    from: number,
    end: number,
    offset: number,
    event: number,
    line: number,
    cap: number,
    maxRecords: number
  ) => number
  readonly pagesOf: (table: number) => number
  readonly pagesLearn: (pages: number, column: number, kind: number, at: number, end: number, count: number) => number
  readonly pagesRead: (
    pages: number,
    column: number,
    kind: number,
    row: number,
    entries: number,
    most: number,
    levelsAt: number,
    levelsEnd: number,
    at: number,
    end: number,
    isCoded: boolean
  ) => number
  readonly columnUnsetRows: (column: number, row: number, count: number) => void
  readonly tableReserve: (table: number, rows: number) => void
  readonly tableNumber: (table: number, rows: number, before: number) => void
  readonly csvEncode: (csv: number) => number
}

/** Whose memory an array buffer is. */
const owners = new WeakMap<ArrayBufferLike, Kernels>()

/** The kernels in whose memory an array lies, if it does. */
export const ownerOf = ({ buffer }: ArrayBufferView): Kernels | undefined => owners.get(buffer)

/** One instance of the loops, with a memory of its own. Not shared between threads. */
export class Kernels {
  readonly run: Exports
  private view = new Uint8Array(0)
  private words = new Int32Array(0)
  /** For the texts of single cells. */
  readonly scratch: Region
  /** For the input of a loop, as long as that is called. */
  readonly input: Region

  constructor(run: Exports) {
    this.run = run
    this.scratch = new Region(this)
    this.input = new Region(this)
  }

  /** All of the memory. Only good until the next call of a loop, which may replace it by a larger one. */
  get bytes(): Uint8Array {
    if (this.view.length === 0) this.refresh()
    return this.view
  }

  /** The memory as words. */
  get int32(): Int32Array {
    if (this.words.length === 0) this.refresh()
    return this.words
  }

  /** A copy of int32 values. */
  copyInt32(at: number, count: number): Int32Array {
    return this.int32.slice(at >> 2, (at >> 2) + count)
  }

  copyBytes(at: number, count: number): Uint8Array {
    return this.bytes.slice(at, at + count)
  }

  private refresh(): void {
    const { buffer } = this.run.memory
    this.view = new Uint8Array(buffer)
    this.words = new Int32Array(buffer)
    owners.set(buffer, this)
  }
}

/** Memory in which bytes are put for a loop to read. */
export class Region {
  /** Where it begins. */
  at = 0
  private readonly kernels: Kernels
  private size = 0

  constructor(kernels: Kernels) {
    this.kernels = kernels
  }

  /** Copies `source[start..end)` to the beginning of the region, which may move. */
  put(source: Uint8Array, start: number, end: number): number {
    this.reserve(end - start)
    const { at } = this
    const { bytes } = this.kernels
    // A view of the source costs more than a few bytes one by one.
    if (end - start <= 32) for (let i = start; i < end; i++) bytes[at + i - start] = source[i]
    else bytes.set(start === 0 && end === source.length ? source : source.subarray(start, end), at)
    return at
  }

  /** Makes room for so many bytes; what was there may be lost. */
  reserve(bytes: number): void {
    if (bytes <= this.size) return
    const { run } = this.kernels
    run.free(this.at, this.size)
    this.size = Math.max(bytes, 4096)
    this.at = run.alloc(this.size)
  }
}

/** A new instance; undefined where there is no WebAssembly with SIMD. */
export const makeKernels = (): Kernels | undefined => {
  if (webAssembly === undefined) return undefined
  const code = fromBase64(wasm)
  if (!webAssembly.validate(code)) return undefined
  const instance = new webAssembly.Instance(new webAssembly.Module(code))
  return new Kernels(instance.exports as Exports)
}

const fromBase64 = (text: string): Uint8Array => {
  // A loop over so many characters would be compiled, in every thread.
  if (nodeBuffer !== undefined) return nodeBuffer.from(text, "base64")
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}
