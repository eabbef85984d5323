import { PluginError } from "@sojourn/core"
import { constants, gzipSync, zstdCompressSync } from "node:zlib"
import { assert, describe, it } from "vitest"
import { unpackedChunks } from "../src/worker/Bytes.ts"
import { unzstd } from "../src/worker/Zstd.ts"
import { zip } from "./support/zip.ts"

const lines = (count: number): string =>
  Array.from({ length: count }, (_, i) => `line ${(i * 7919) % 10_007}\n`).join("")
const text = Buffer.from(lines(300_000))
const half = text.length >> 1
const { ZSTD_c_checksumFlag: checksumFlag, ZSTD_c_compressionLevel: levelFlag } = constants
/** A zstd frame that holds no data, as pzstd writes. */
const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4])

const collected = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const all: Array<Uint8Array> = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

const unpack = (bytes: Uint8Array, onRead = (_: number) => {}) =>
  collected(unpackedChunks({ name: "f", blob: new Blob([new Uint8Array(bytes)]) }, onRead))

const pieces = async function* (bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

describe("what is unpacked in the browser", () => {
  const packed: Readonly<Record<string, Uint8Array | Promise<Uint8Array>>> = {
    "plain text": text,
    gzip: gzipSync(text),
    zstd: zstdCompressSync(text),
    "zstd with checksums": zstdCompressSync(text, { params: { [checksumFlag]: 1 } }),
    "zstd of several frames": Buffer.concat([
      zstdCompressSync(text.subarray(0, half)),
      zstdCompressSync(text.subarray(half))
    ]),
    "zstd with frames without data": Buffer.concat([skippable, zstdCompressSync(text), skippable]),
    "a zip with one file": zip({ "a/b.csv": text.toString() }),
    "a zip with hidden files beside": zip({ "__MACOSX/._b.csv": "x", ".DS_Store": "x", "b.csv": text.toString() })
  }
  for (const [name, made] of Object.entries(packed)) {
    it(`gives the content of ${name}, and tells how much was read`, async () => {
      let read = 0
      const bytes = await made
      assert.isTrue((await unpack(bytes, (count) => (read += count))).equals(text))
      if (!name.includes("zip")) assert.strictEqual(read, bytes.length)
      else assert.isAbove(read, bytes.length / 2)
    })
  }

  it("gives the content of zstd frames of any size and level, in whatever pieces they come", async () => {
    for (const level of [1, 3, 19]) {
      const frames = [0, 1, 5, 17, 1000, 70_000].map((count) => Buffer.from(lines(count)))
      const params = { [levelFlag]: level, [checksumFlag]: level === 3 ? 0 : 1 }
      const bytes = Buffer.concat([skippable, ...frames.map((frame) => zstdCompressSync(frame, { params }))])
      for (const size of [1, 1000, bytes.length]) {
        assert.isTrue((await collected(unzstd(pieces(bytes, size)))).equals(Buffer.concat(frames)), `${level} ${size}`)
      }
    }
  })

  it("says which file is damaged, as the command does", async () => {
    const gzip = gzipSync(text)
    const zstd = zstdCompressSync(text, { params: { [checksumFlag]: 1 } })
    const one = await zip({ "a.csv": text.toString() })
    const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 0xff : byte))
    const damaged: ReadonlyArray<readonly [Uint8Array, string]> = [
      [gzip.subarray(0, gzip.length - 9), "f is a damaged gzip file: "],
      [flipped(gzip, gzip.length - 6), "f is a damaged gzip file: "],
      [zstd.subarray(0, zstd.length >> 1), "f is a damaged zstd file: unexpected end of file"],
      [Buffer.concat([zstd, Buffer.from("more")]), "f is a damaged zstd file: "],
      [Buffer.concat([zstd, zstd.subarray(0, 30)]), "f is a damaged zstd file: unexpected end of file"],
      [flipped(zstd, zstd.length - 1), "f is a damaged zstd file: its checksum does not match"],
      [one.subarray(0, one.length - 30), "f is a damaged zip file: "],
      [flipped(one, 30 + 5 + 200), "f is a damaged zip file: "],
      [await zip({ "a.csv": "1", "b.csv": "2" }), "f is a zip with 2 files; one is expected"],
      [await zip({}), "f is a zip with 0 files; one is expected"]
    ]
    for (const [bytes, message] of damaged) {
      const error: unknown = await unpack(bytes).catch((cause: unknown) => cause)
      assert.instanceOf(error, PluginError, message)
      assert.include(error.message, message)
    }
  })

  it("never gives other content of a zstd file that was changed anywhere", async () => {
    const small = Buffer.from(lines(400))
    const bytes = zstdCompressSync(small, { params: { [checksumFlag]: 1 } })
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes)
      changed[at] ^= 1 << (at % 8)
      const read = await collected(unzstd(pieces(changed, 100))).catch(() => undefined)
      assert.isTrue(read === undefined || read.equals(small), `byte ${at}`)
    }
  })
})
