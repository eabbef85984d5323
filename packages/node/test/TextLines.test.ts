import { assert, describe, it } from "@effect/vitest"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync, zstdCompressSync } from "node:zlib"
import { afterAll, beforeAll } from "vitest"
import { TextLines } from "../src/index.ts"

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sojourn-lines-"))
})
afterAll(() => rm(directory, { recursive: true }))

const { signal } = new AbortController()

const opened = async (content: string | Uint8Array) => {
  const path = join(directory, "file")
  await writeFile(path, content)
  return TextLines.of({ path, bytes: content.length }, signal)
}

describe("the lines of a file", () => {
  it("are those of its text, wherever they are asked for, packed or not", async () => {
    const all = Array.from({ length: 5000 }, (_, i) => (i % 7 === 0 ? "" : `line ${i} ${"é".repeat(i % 50)}`))
    for (const [text, expected] of [
      [all.join("\n"), all],
      [`${all.join("\r\n")}\r\n`, all],
      ["", []],
      ["\n", [""]],
      ["one", ["one"]]
    ] as const) {
      for (const content of [text, gzipSync(text), zstdCompressSync(text)]) {
        const lines = await opened(content)
        assert.strictEqual(lines?.total, expected.length)
        for (const from of [0, 1, 1023, 1024, 1025, 4999, 5000, 10_000]) {
          for (const count of [1, 100, 3000]) {
            const read = await lines?.read(from, count, signal)
            assert.deepStrictEqual(
              read?.map((line) => line.text),
              expected.slice(from, from + count)
            )
          }
        }
      }
    }
  })

  it("are found with few places however many they are", async () => {
    const count = 70_000 * 1024
    const lines = await opened(new Uint8Array(count).fill(10))
    assert.strictEqual(lines?.total, count)
    assert.strictEqual((await lines?.read(count - 3, 10, signal))?.length, 3)
    assert.isBelow(lines?.["places"]["places"].length ?? Infinity, 65_536)
  })

  it("are cut where they are very long, between two characters", async () => {
    const lines = await opened(`short\n${"é".repeat(3_000_000)}x\nlast`)
    assert.deepStrictEqual(await lines?.read(1, 2, signal), [
      { text: "é".repeat(2000), cut: 5_996_001 },
      { text: "last", cut: 0 }
    ])
    const uneven = await opened(`x${"é".repeat(3000)}\r\n`)
    assert.deepStrictEqual(await uneven?.read(0, 1, signal), [{ text: `x${"é".repeat(1999)}`, cut: 2001 }])
  })

  it("are not those of what is no text", async () => {
    assert.isUndefined(await opened("a\0b\n"))
  })
})
