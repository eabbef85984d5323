import { assert, describe, it } from "@effect/vitest"
import { makeKernels } from "../src/Kernels.ts"
import { UserOrder } from "../src/UserOrder.ts"
import { Random } from "./Random.ts"
import { compareUsers, textsOf } from "./texts.ts"

const kernels = makeKernels() ?? assert.fail("no WebAssembly with SIMD")

/** Ranks of names, and what is left of those that have rows. */
const ordered = (names: ReadonlyArray<Buffer>, rowsOf: ReadonlyArray<number>) => {
  const order = new UserOrder(kernels)
  const ranks = kernels.copyInt32(order.order(textsOf(names)), names.length)
  const ends = kernels.run.alloc(names.length * 4)
  let end = 0
  for (let rank = 0; rank < names.length; rank++) {
    end += rowsOf[ranks.indexOf(rank)]
    kernels.int32[(ends >> 2) + rank] = end
  }
  const used = order.used(ends)
  kernels.run.free(ends, names.length * 4)
  return { ranks: [...ranks], used }
}

const checkOrder = (names: ReadonlyArray<Buffer>, rowsOf: ReadonlyArray<number>, message: string) => {
  const sorted = names.toSorted(compareUsers)
  const { ranks, used } = ordered(names, rowsOf)
  assert.deepStrictEqual(
    ranks.map((rank) => sorted[rank].toString("latin1")),
    names.map((name) => name.toString("latin1")),
    message
  )
  assert.deepStrictEqual(
    [...ranks].sort((a, b) => a - b),
    [...names.keys()],
    message
  )
  const rowsBy = new Map(names.map((name, i) => [name.toString("latin1"), rowsOf[i]]))
  const left = sorted.filter((name) => (rowsBy.get(name.toString("latin1")) ?? 0) > 0)
  assert.deepStrictEqual(used.users, textsOf(left), message)
  let end = 0
  assert.deepStrictEqual(
    [...used.ends],
    left.map((name) => (end += rowsBy.get(name.toString("latin1")) ?? 0)),
    message
  )
}

/** Names that are alike: a common beginning, few letters, numbers near the ends of int64 and far beyond them. */
const randomName = (random: Random, prefix: string): Buffer => {
  const letters = (count: number) => Array.from({ length: count }, () => random.pick(["a", "b", "\0", "ÿ"])).join("")
  const digits = (count: number) => Array.from({ length: count }, () => String(random.int(10))).join("")
  switch (random.int(6)) {
    case 0:
      return Buffer.from(prefix + letters(random.int(20)))
    case 1:
      return Buffer.from(`${prefix}${"same".repeat(random.int(12))}${letters(random.int(3))}`)
    case 2:
      return Buffer.from((random.int(2) === 0 ? "-" : "") + digits(1 + random.int(4)))
    case 3:
      return Buffer.from(`${random.int(2) === 0 ? "-" : ""}${1 + random.int(9)}${digits(15 + random.int(6))}`)
    case 4:
      return Buffer.from(
        random.pick(["", "-", "0", "-0", "00", "01", "-01", "+1", "1.0", "--1", "9223372036854775807"])
      )
    default:
      return Buffer.from(Array.from({ length: random.int(24) }, () => random.int(256)))
  }
}

const distinct = (names: ReadonlyArray<Buffer>): ReadonlyArray<Buffer> => [
  ...new Map(names.map((name) => [name.toString("latin1"), name])).values()
]

describe("UserOrder", () => {
  it("orders integers by value before other names by bytes, and leaves out users without rows: as a plain sort does", () => {
    for (let seed = 1; seed <= 400; seed++) {
      const random = new Random(seed)
      const prefix = random.pick(["", "u", "user-000", "a rather long beginning "])
      const names = distinct(Array.from({ length: random.int(200) }, () => randomName(random, prefix)))
      checkOrder(
        names,
        names.map(() => random.int(3)),
        `seed ${seed}`
      )
    }
  })

  it("orders names of one kind: only integers, only texts, one, none", () => {
    for (const count of [0, 1, 2, 5000]) {
      const integers = Array.from({ length: count }, (_, i) => Buffer.from(String(((i * 7919) % 10_007) - 5000)))
      const texts = Array.from({ length: count }, (_, i) => Buffer.from(`u${(i * 7919) % 10_007}`))
      for (const names of [integers, texts]) checkOrder(names, Array<number>(count).fill(1), `${count} names`)
    }
  })

  it("orders every byte at every place of a name", () => {
    for (let place = 0; place < 20; place++) {
      const names = Array.from({ length: 256 }, (_, i) => {
        const name = Buffer.alloc(20, "x")
        name[place] = (i * 37) % 256
        return name
      })
      checkOrder(names, Array<number>(256).fill(2), `place ${place}`)
    }
  })
})
