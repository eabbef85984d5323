import { assert, describe, it } from "@effect/vitest"
import { leave, Rooms } from "../../src/threads/Rooms.ts"

describe("Rooms", () => {
  it("gives memory again when it was left, and never while it is in use", () => {
    const rooms = new Rooms()
    const first = rooms.take(100)
    first.fill(1)
    const second = rooms.take(50)
    second.fill(2)
    assert.notStrictEqual(second.buffer, first.buffer)
    assert.deepStrictEqual([...new Set(first)], [1])
    leave(first)
    const third = rooms.take(80)
    assert.strictEqual(third.buffer, first.buffer)
    assert.strictEqual(third.length, 80)
    third.fill(3)
    assert.deepStrictEqual([...new Set(second)], [2])
    assert.notStrictEqual(rooms.take(1).buffer, third.buffer)
  })

  it("replaces memory that is too small by some that has room for a little more", () => {
    const rooms = new Rooms()
    leave(rooms.take(10))
    const larger = rooms.take(1000)
    assert.strictEqual(larger.length, 1000)
    leave(larger)
    const next = rooms.take(1200)
    assert.strictEqual(next.buffer, larger.buffer)
    assert.strictEqual(next.length, 1200)
  })

  it("is left by whoever has the bytes, and other bytes have nothing to leave", () => {
    const rooms = new Rooms()
    const there = structuredClone(rooms.take(10))
    leave(there.subarray(5))
    assert.strictEqual(rooms.take(5).buffer.byteLength, there.buffer.byteLength)
    leave(new Uint8Array(3))
  })
})
