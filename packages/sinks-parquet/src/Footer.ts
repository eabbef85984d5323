import { deserializeTCompactProtocol } from "hyparquet/src/thrift.js"
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js"
import { serializeTCompactProtocol } from "hyparquet-writer/src/thrift.js"

/**
 * Footers as Thrift structures, whose fields have numbers: see `parquet.thrift` of Apache Parquet's format. They are
 * not read into names and values, as that would round the times in statistics.
 */
type Struct = Record<`field_${number}`, unknown>

/** What is before the pages of a file, and at its very end. */
const magic = new TextEncoder().encode("PAR1")

/** The pages and the footer of a file of one row group. */
const takeApart = (file: Uint8Array): { readonly body: Uint8Array; readonly footer: Struct } => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const end = file.length - 8
  const start = end - view.getUint32(end, true)
  const reader = { view: new DataView(file.buffer, file.byteOffset + start, end - start), offset: 0 }
  const footer: Struct = deserializeTCompactProtocol(reader)
  return { body: file.subarray(magic.length, pagesEnd(footer)), footer }
}

/** A file of several row groups, which are those of files of one whose bodies stand behind each other. */
export class JoinedGroups {
  private first: Struct | undefined
  private rows = 0n
  private readonly groups: Array<Struct> = []
  /** Bytes so far. */
  private length = 0

  begin(): Uint8Array {
    this.length = magic.length
    return magic
  }

  /** Adds the group of a file of one; gives what stands next in this one. */
  add(file: Uint8Array): Uint8Array {
    const { body, footer } = takeApart(file)
    this.first ??= footer
    this.rows += footer.field_3 as bigint
    const shift = BigInt(this.length - magic.length)
    for (const group of rowGroups(footer)) this.groups.push(shiftGroup(group, shift))
    this.length += body.length
    return body
  }

  /** The footer, its length and the magic bytes. */
  end(): Uint8Array {
    const writer = new ByteWriter()
    // An empty list has no type of its elements in this serialisation, and a file without rows needs none.
    // Without the metadata in field 5: it tells Arrow how texts were held on their way here.
    const { field_5: _, ...first } = this.first ?? {}
    serializeTCompactProtocol(writer, { ...first, field_3: this.rows, field_4: this.groups })
    const { offset } = writer
    writer.appendUint32(offset)
    writer.appendBytes(magic)
    return new Uint8Array(writer.getBytes())
  }
}

const rowGroups = (footer: Struct) => footer.field_4 as ReadonlyArray<Struct>
const columnChunks = (group: Struct) => group.field_1 as ReadonlyArray<Struct>
const metadataOf = (chunk: Struct) => chunk.field_3 as Struct

/** Where the last page ends: after it come indexes of pages, which the joined file goes without. */
const pagesEnd = (footer: Struct): number => {
  let end = magic.length
  for (const group of rowGroups(footer)) {
    for (const { field_11: dictionary, field_7: size, field_9: pages } of columnChunks(group).map(metadataOf)) {
      end = Math.max(end, Number(dictionary ?? pages) + Number(size))
    }
  }
  return end
}

const shiftGroup = (group: Struct, shift: bigint): Struct => {
  const moved = (offset: unknown) => (offset === undefined ? undefined : (offset as bigint) + shift)
  const columns = columnChunks(group).map((chunk) => {
    const { field_11, field_14: _, field_15: __, field_9, ...metadata } = metadataOf(chunk)
    return {
      field_2: 0n,
      field_3: inOrder({ ...metadata, field_9: moved(field_9), field_11: moved(field_11) })
    }
  })
  // Field 7 is the number of the group in its file, a short integer that nobody needs.
  return {
    field_1: columns,
    field_2: group.field_2,
    field_3: group.field_3,
    field_5: moved(group.field_5),
    field_6: group.field_6
  }
}

/** Fields are written in the order of their numbers. */
const inOrder = (struct: Struct): Struct =>
  Object.fromEntries(Object.entries(struct).sort(([a], [b]) => Number(a.slice(6)) - Number(b.slice(6))))
