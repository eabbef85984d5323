/**
 * Name-based UUIDs of version 5 (RFC 9562, section 5.5): the first 128 bits of the SHA-1 (FIPS 180-4) of a namespace
 * and a name. Written out here because a session id is made for every session, in runtimes without a synchronous
 * hash: nothing is allocated per id.
 */
export class Uuid5 {
  private readonly namespace: Uint8Array
  private block = new Uint8Array(128)
  private length = 0

  /** `namespace`: 16 bytes. */
  constructor(namespace: Uint8Array) {
    this.namespace = namespace
  }

  /** Starts a name. */
  begin(): void {
    this.block.set(this.namespace)
    this.length = 16
  }

  /** Adds bytes to the name. */
  add(bytes: Uint8Array, start: number, end: number): void {
    // Room for the padding: a byte, up to 63 zeros, and the length.
    const needed = this.length + end - start + 72
    if (needed > this.block.length) {
      const block = new Uint8Array(needed * 2)
      block.set(this.block.subarray(0, this.length))
      this.block = block
    }
    for (let i = start; i < end; i++) this.block[this.length++] = bytes[i]
  }

  /** Adds one byte to the name. */
  addByte(byte: number): void {
    if (this.length + 72 > this.block.length) this.add(empty, 0, 0)
    this.block[this.length++] = byte
  }

  /** Ends the name and writes the 16 bytes of its UUID. */
  finish(out: Uint8Array, at: number): void {
    const { block, length } = this
    const blocks = (length + 72) >> 6
    const padded = blocks * 64
    block.fill(0, length, padded)
    block[length] = 0x80
    block[padded - 4] = length >>> 21
    block[padded - 3] = length >>> 13
    block[padded - 2] = length >>> 5
    block[padded - 1] = length << 3
    state.set(initial)
    for (let offset = 0; offset < padded; offset += 64) compress(block, offset)
    for (let i = 0; i < 16; i++) out[at + i] = state[i >> 2] >>> (24 - (i & 3) * 8)
    out[at + 6] = (out[at + 6] & 0x0f) | 0x50
    out[at + 8] = (out[at + 8] & 0x3f) | 0x80
  }
}

/** Length of the text of a UUID. */
export const uuidTextLength = 36

/** Writes 16 bytes as `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`. */
export const writeUuidText = (bytes: Uint8Array, from: number, out: Uint8Array, at: number): void => {
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) out[at++] = 0x2d
    out[at++] = hexDigits[bytes[from + i] >> 4]
    out[at++] = hexDigits[bytes[from + i] & 15]
  }
}

/** The DNS namespace of RFC 9562. */
export const dnsNamespace = Uint8Array.of(
  0x6b,
  0xa7,
  0xb8,
  0x10,
  0x9d,
  0xad,
  0x11,
  0xd1,
  0x80,
  0xb4,
  0x00,
  0xc0,
  0x4f,
  0xd4,
  0x30,
  0xc8
)

const empty = new Uint8Array(0)
const hexDigits = new TextEncoder().encode("0123456789abcdef")
const initial = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)
const state = new Int32Array(5)
const words = new Int32Array(80)

const compress = (block: Uint8Array, offset: number): void => {
  for (let t = 0; t < 16; t++) {
    const i = offset + t * 4
    words[t] = (block[i] << 24) | (block[i + 1] << 16) | (block[i + 2] << 8) | block[i + 3]
  }
  for (let t = 16; t < 80; t++) {
    const word = words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16]
    words[t] = (word << 1) | (word >>> 31)
  }
  let a = state[0]
  let b = state[1]
  let c = state[2]
  let d = state[3]
  let e = state[4]
  // The four rounds differ only in how they mix; each in a loop of its own, so that none asks which one it is.
  for (let t = 0; t < 20; t++) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + e + words[t] + 0x5a827999) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = next
  }
  for (let t = 20; t < 40; t++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + words[t] + 0x6ed9eba1) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = next
  }
  for (let t = 40; t < 60; t++) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (b & d) | (c & d)) + e + words[t] - 0x70e44324) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = next
  }
  for (let t = 60; t < 80; t++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + words[t] - 0x359d3e2a) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = next
  }
  state[0] += a
  state[1] += b
  state[2] += c
  state[3] += d
  state[4] += e
}
