import { hashText, sameText } from "./column"
import { alloc, free } from "./memory"

const slotCount: i32 = 8192
const maxFields: i32 = slotCount / 2

/** A field of the objects at one path. The column pointers and the key stand behind it. */
@unmanaged
export class Field {
  /** The field that came first in the last object that this field held. */
  first: Field
  /** The field that came next in the last object. */
  next: Field
  /** The last object that had this field. */
  object: u32
  /** Whether the fields of an object that it holds are looked at. */
  isOpened: bool
  /** The key as written, with its quotes and a colon. */
  key: usize
  keyLength: i32
  columns: usize
  columnCount: i32
  parent: Field
  hash: u32
  /** The field that was learned before. */
  before: Field

  static make(parent: Field, keyLength: i32, columnCount: i32, isOpened: bool): Field {
    const field = changetype<Field>(alloc(sizeOf(keyLength, columnCount)))
    memory.fill(changetype<usize>(field), 0, offsetof<Field>())
    field.parent = parent
    field.isOpened = isOpened
    field.columns = changetype<usize>(field) + offsetof<Field>()
    field.columnCount = columnCount
    field.key = field.columns + ((<usize>columnCount) << 2)
    field.keyLength = keyLength
    return field
  }

  /** Whether the key and its colon stand at `at`. */
  @inline
  standsAt(at: usize): bool {
    if (this.keyLength > 16) return sameLong(this.key, at, this.keyLength)
    const same = i8x16.bitmask(i8x16.eq(v128.load(this.key), v128.load(at)))
    return (~same & ((1 << this.keyLength) - 1)) === 0
  }

  release(): void {
    free(changetype<usize>(this), sizeOf(this.keyLength, this.columnCount))
  }
}

// @ts-ignore: decorator
@inline
function sizeOf(keyLength: i32, columnCount: i32): usize {
  return offsetof<Field>() + columnCount * 4 + keyLength
}

/** Whether texts of more than 16 bytes are the same. Nothing is read 16 bytes after the first difference. */
function sameLong(a: usize, b: usize, length: i32): bool {
  const tail = length - 16
  for (let i = 0; i < tail; i += 16) {
    if (i8x16.bitmask(i8x16.eq(v128.load(a + i), v128.load(b + i))) !== 0xffff) return false
  }
  return i8x16.bitmask(i8x16.eq(v128.load(a + tail), v128.load(b + tail))) === 0xffff
}

/** The fields known of the records of one input. */
@unmanaged
export class Keys {
  /** Stands for the record itself. */
  root: Field
  private latest: Field
  private count: i32
  /** Pointers to fields by the hash of their key and their parent; 0 is free. At most half full. */
  private slots: usize

  static make(): Keys {
    const keys = changetype<Keys>(alloc(offsetof<Keys>()))
    keys.root = Field.make(changetype<Field>(0), 0, 0, true)
    keys.slots = alloc(slotCount * 4)
    keys.latest = changetype<Field>(0)
    keys.clear()
    return keys
  }

  /** Forgets all fields. */
  clear(): void {
    let field = this.latest
    while (changetype<usize>(field) !== 0) {
      const before = field.before
      field.release()
      field = before
    }
    this.latest = changetype<Field>(0)
    this.count = 0
    this.root.first = changetype<Field>(0)
    memory.fill(this.slots, 0, slotCount * 4)
  }

  /**
   * Adds a field, the key with its quotes, of the objects that `parent` holds; its column pointers are for the caller
   * to set. 0 when there are too many.
   */
  learn(parent: Field, key: usize, length: i32, columnCount: i32, isOpened: bool): Field {
    if (this.count === maxFields) return changetype<Field>(0)
    const field = Field.make(parent, length + 1, columnCount, isOpened)
    memory.copy(field.key, key, length)
    store<u8>(field.key + length, 0x3a)
    field.hash = hashOf(parent, key, length)
    field.before = this.latest
    this.latest = field
    this.count++
    let slot = field.hash & (slotCount - 1)
    while (load<usize>(this.slots + (slot << 2)) !== 0) slot = (slot + 1) & (slotCount - 1)
    store<usize>(this.slots + (slot << 2), changetype<usize>(field))
    return field
  }

  /** The field with that key, with its quotes; 0 if it is not known. */
  find(parent: Field, key: usize, length: i32): Field {
    const hash = hashOf(parent, key, length)
    let slot = hash & (slotCount - 1)
    while (true) {
      const field = changetype<Field>(load<usize>(this.slots + (slot << 2)))
      if (changetype<usize>(field) === 0) return field
      if (
        field.hash === hash &&
        field.parent === parent &&
        field.keyLength === length + 1 &&
        sameText(field.key, key, length)
      ) {
        return field
      }
      slot = (slot + 1) & (slotCount - 1)
    }
  }
}

// @ts-ignore: decorator
@inline
function hashOf(parent: Field, key: usize, length: i32): u32 {
  return <u32>(hashText(key, length) >> 32) ^ (<u32>changetype<usize>(parent) * 0x9e3779b1)
}
