import { assert, describe, it } from "@effect/vitest"
import { maxParts, PartBuffer, partBytes } from "../src/PartBuffer.ts"
import { noise } from "./support.ts"

describe("PartBuffer", () => {
  it("gives back what was put in, whatever the pieces", () => {
    const content = noise(1000)
    for (const put of [1, 7, 100, 1000])
      for (const take of [1, 3, 250, 999]) {
        const buffer = new PartBuffer()
        for (let at = 0; at < content.length; at += put) buffer.push(content.subarray(at, at + put))
        buffer.push(new Uint8Array())
        const taken: Array<Uint8Array> = []
        while (buffer.length > 0) taken.push(buffer.take(Math.min(take, buffer.length)))
        assert.deepStrictEqual(new Uint8Array(Buffer.concat(taken)), content)
      }
  })
})

describe("partBytes", () => {
  it("is equal for files of up to 39 GiB, lets 350 GiB be written, and is never too small or too big for S3", () => {
    const sizes = Array.from({ length: maxParts }, (_, index) => partBytes(index))
    const sum = (sizes: ReadonlyArray<number>) => sizes.reduce((total, size) => total + size, 0)
    const gibibyte = 2 ** 30
    assert.isAtLeast(sum(sizes.filter((size) => size === sizes[0])), 39 * gibibyte)
    assert.isAtLeast(sum(sizes), 350 * gibibyte)
    for (const size of new Set(sizes)) {
      assert.isAtLeast(size, 5 * 2 ** 20)
      assert.isAtMost(size, 5 * gibibyte)
    }
  })
})
