import { assert, describe, it } from "@effect/vitest"
import { PluginError } from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { join } from "node:path"
import { gzipSync, zstdCompressSync } from "node:zlib"
import { unpacked, withHead } from "../src/Unpack.ts"
import { collected, lines, pieces } from "./support/bytes.ts"
import { directory } from "./support/directory.ts"
import { zip } from "./support/zip.ts"

const text = Buffer.from(lines(30_000))
const half = text.length >> 1
const content = (packed: Uint8Array, ...sizes: ReadonlyArray<number>) =>
  collected(unpacked("f", pieces(packed, ...(sizes.length === 0 ? [65_536] : sizes))))

const failure = async (packed: Uint8Array, name = "f"): Promise<PluginError> => {
  try {
    await collected(unpacked(name, pieces(packed, 100)))
  } catch (error) {
    assert.instanceOf(error, PluginError)
    return error
  }
  return assert.fail("it was read")
}

/** A zstd frame that holds no data, as pzstd writes. */
const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4])

describe("unpacked", () => {
  const packed: Readonly<Record<string, Uint8Array>> = {
    "plain text": text,
    gzip: gzipSync(text),
    "gzip of several members": Buffer.concat([gzipSync(text.subarray(0, half)), gzipSync(text.subarray(half))]),
    zstd: zstdCompressSync(text),
    "zstd of several frames": Buffer.concat([
      zstdCompressSync(text.subarray(0, half)),
      zstdCompressSync(text.subarray(half))
    ]),
    "zstd with frames without data": Buffer.concat([skippable, zstdCompressSync(text), skippable]),
    "a zip with one file": zip({ "a/b.csv": text.toString() }),
    "a zip with hidden files beside": zip({
      "__MACOSX/._b.csv": "x",
      ".DS_Store": "x",
      "b.csv": text.toString(),
      "dir/": ""
    })
  }
  for (const [name, bytes] of Object.entries(packed)) {
    it(`gives the content of ${name}, in whatever pieces it comes`, async () => {
      for (const sizes of [[bytes.length], [1, 65_536], [1000], [3, 7, 50_000]]) {
        assert.isTrue((await content(bytes, ...sizes)).equals(text), sizes.join())
      }
    })
  }

  const size = (minimum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum: 3000 }))
  it.effect.prop(
    "loses nothing of many zstd frames",
    { counts: Schema.Array(size(0)), piece: size(1) },
    ({ counts, piece }) =>
      Effect.promise(async () => {
        const frames = counts.map((count) => Buffer.from(lines(count)))
        const bytes = Buffer.concat([skippable, ...frames.map((frame) => zstdCompressSync(frame))])
        assert.isTrue((await content(bytes, piece)).equals(Buffer.concat(frames)))
      })
  )

  it("reads a zip where it lies", async () => {
    const at = directory({ "a.zip": packed["a zip with one file"] })
    const path = join(at, "a.zip")
    assert.isTrue((await collected(unpacked(path, pieces(packed["a zip with one file"], 100), path))).equals(text))
  })

  it("says which file is damaged, and how", async () => {
    const gzip = gzipSync(text)
    const zstd = zstdCompressSync(text)
    const one = zip({ "a.csv": text.toString() })
    const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 0xff : byte))
    const damaged: ReadonlyArray<readonly [Uint8Array, string]> = [
      [gzip.subarray(0, gzip.length - 9), "f is a damaged gzip file: unexpected end of file"],
      [flipped(gzip, gzip.length - 6), "f is a damaged gzip file: incorrect data check"],
      [Buffer.concat([gzip, Buffer.from("more")]), "f is a damaged gzip file: "],
      [zstd.subarray(0, zstd.length >> 1), "f is a damaged zstd file: unexpected end of file"],
      [Buffer.concat([zstd, Buffer.from("more")]), "f is a damaged zstd file: "],
      [Buffer.concat([zstd, zstd.subarray(0, 30)]), "f is a damaged zstd file: unexpected end of file"],
      [one.subarray(0, one.length - 30), "f is a damaged zip file: "],
      [flipped(one, 30 + 5 + 200), "f is a damaged zip file: "]
    ]
    for (const [bytes, message] of damaged) {
      const error = await failure(bytes)
      assert.include(error.message, message)
      assert.strictEqual(error.reason, "Data")
    }
  })

  it("stops at a bound, if it has one", async () => {
    for (const [name, packed] of [
      ["gzip", gzipSync(text)],
      ["zstd", zstdCompressSync(text)],
      ["zip", zip({ a: text.toString() })]
    ] as const) {
      const bounded = (most: number) => collected(unpacked(name, pieces(packed, 1000), undefined, most))
      assert.strictEqual((await bounded(text.length)).length, text.length)
      const error: unknown = await bounded(text.length - 1).catch((cause: unknown) => cause)
      assert.instanceOf(error, PluginError)
      assert.match(error.message, new RegExp(`^${name} unpacks to more than [\\d,]+ bytes`))
    }
  })

  it("refuses a zip with no or several files", async () => {
    assert.strictEqual((await failure(zip({ a: "1", b: "2" }))).message, "f is a zip with 2 files; one is expected")
    assert.strictEqual((await failure(zip({}))).message, "f is a zip with 0 files; one is expected")
  })

  it("passes on that reading failed, and does not call it damage", async () => {
    const broken = async function* () {
      yield gzipSync(text).subarray(0, 50)
      throw Object.assign(new Error("x"), { code: "EACCES" })
    }
    const error = await collected(unpacked("f", broken())).catch((error: unknown) => error)
    assert.strictEqual((error as PluginError).message, "cannot read f: permission denied")
  })
})

describe("withHead", () => {
  it("leaves its source when it is left, begun or not", async () => {
    for (const take of [0, 1, 2]) {
      let isOpen = true
      const source = async function* () {
        try {
          yield* pieces(text, 1000)
        } finally {
          isOpen = false
        }
      }
      const { all, head } = await withHead(source(), 1500)
      assert.strictEqual(head.length, 2000)
      for (let i = 0; i < take; i++) await all.next()
      await all.return()
      assert.isFalse(isOpen)
    }
  })
})
