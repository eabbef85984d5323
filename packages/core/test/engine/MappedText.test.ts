import { assert, describe, it } from "@effect/vitest"
import { makeKernels, RecordTable } from "@sojourn/kernels"
import { Interner } from "../../src/arrow/Interner.ts"
import { type FieldRules, type MappedText, MappedTexts } from "../../src/engine/MappedText.ts"
import { Random } from "../support/random.ts"
import { tokenBatches, tokenColumn } from "../support/tokenBatches.ts"

const rules: FieldRules = {
  path: "p",
  required: true,
  allowed: undefined,
  nulls: new Set(["NA"]),
  blankIsNull: true,
  scalarOnly: true,
  plainIntegers: true
}

const tokens = [
  '"a"',
  '"NA"',
  '" "',
  '""',
  "null ",
  "{}",
  "[1]",
  "true",
  "1",
  "1.0",
  "2.50",
  '"\\u0061"',
  '"1.0"',
  '"é"',
  '"\\n"'
]

/** The text of a JSON token, or why there is none: what the rules say, in the plain way. */
const oracle = (token: string, { allowed, required }: FieldRules): string | null => {
  const bad = (problem: string) => `! ${problem}`
  const missing = required ? bad("missing p") : null
  if (/^[[{tf]/.test(token)) return bad("invalid type for p")
  const text = token.startsWith('"') ? String(JSON.parse(token)) : token.replace(/^(\d+)\.0+$/, "$1")
  if (text.trim() === "" || text === "NA") return missing
  return allowed !== undefined && !allowed.includes(text) ? bad("unexpected value for p") : text
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What each row came to. */
const outcomes = ({ judged: { codes, ofNull, problems, verdicts }, text }: MappedText): ReadonlyArray<string | null> =>
  Array.from(codes, (code) => {
    const verdict = code < 0 ? ofNull : verdicts[code]
    if (verdict > 0) return `! ${problems[verdict - 1].reason}`
    return code < 0 || text.meaning[code] < 0 ? null : text.values.text(text.meaning[code])
  })

const variants: ReadonlyArray<FieldRules> = [
  rules,
  { ...rules, required: false },
  { ...rules, allowed: ["a", "1"] },
  { ...rules, required: false, allowed: ["2.50"] }
]

describe("a mapped field", () => {
  const values = tokens.filter((token) => token !== "null ")

  it("is judged by its rules, batch by batch, with dictionaries that grow, begin anew, or are of one batch", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed)
      const own = random.pick(variants)
      const mapped = new MappedTexts(own)
      for (const { batch, column, lasting, rows } of tokenBatches(random, values)) {
        const found = mapped.read(column, lasting)
        const expected = rows.map((row) => (row === null ? (own.required ? "! missing p" : null) : oracle(row, own)))
        assert.deepStrictEqual(outcomes(found), expected, `seed ${seed} batch ${batch}`)
        const { lasts, values: kept } = found.text
        const texts = Array.from({ length: kept.size }, (_, code) => kept.text(code))
        if (lasts) assert.strictEqual(new Set(texts).size, texts.length, `seed ${seed} batch ${batch}: ${texts.join()}`)
      }
    }
  })

  it("keeps what it knows of a dictionary that grows: one text has one number, however it is written", () => {
    const growing = new Interner()
    const codeOf = (token: string) => growing.intern(encode(token), 0, encode(token).length)
    const mapped = new MappedTexts(rules)
    const first = mapped.read(tokenColumn(growing, [codeOf('"a"')]), growing)
    const more = mapped.read(tokenColumn(growing, [codeOf('"\\u0061"'), codeOf('"a"')]), growing)
    assert.strictEqual(more.text, first.text)
    assert.isTrue(more.text.lasts)
    assert.strictEqual(more.text.meaning[1], more.text.meaning[0])
    assert.strictEqual(more.text.values.size, 1)
    const other = mapped.read(tokenColumn(new Interner(), []), new Interner())
    assert.notStrictEqual(other.text, first.text)
  })

  it("is the same where the kernels have the texts, many of which they copy at once", () => {
    const kernels = makeKernels() ?? assert.fail("no WebAssembly with SIMD")
    const own = { ...rules, nulls: new Set<string>() }
    for (let seed = 1; seed <= 200; seed++) {
      const random = new Random(seed)
      const json = random.int(4) > 0
      const table = new RecordTable(kernels, [{ isTime: false }], false)
      table.setJson(json)
      const mapped = new MappedTexts(own)
      // The more of them, the sooner texts are read one by one.
      const odd = [...values, '" x"', '"   "', '"\\\\"', '"\\u00e9"', '"\\t"'].filter((token) => token !== '"NA"')
      const share = random.pick([0, 1, 5, 30])
      const readAs = (token: string) => {
        if (json) return oracle(token, own)
        return /^[ \t\r\n]*$/.test(token) ? "! missing p" : token
      }
      for (let batch = 0; batch < 6; batch++) {
        const tokens = Array.from({ length: random.int(90) }, () => {
          if (random.int(100) < share) return random.pick(odd)
          const text = "a text of some length".slice(0, 1 + random.int(20)) + random.int(150)
          return json ? JSON.stringify(text) : random.pick([text, ` ${text}`])
        })
        for (const [i, token] of tokens.entries()) {
          const bytes = encode(token)
          table.cell(0, bytes, 0, bytes.length)
          table.keep(i, i, i, i)
        }
        const held = table.hold(1)
        const [{ codes, texts }] = held.cells().columns
        const found = mapped.read({ ...texts, codes, json }, held.texts(0))
        assert.deepStrictEqual(outcomes(found), tokens.map(readAs), `seed ${seed} batch ${batch}`)
        const { meaning, values: kept } = found.text
        const all = Array.from({ length: kept.size }, (_, code) => kept.text(code))
        if (json) assert.strictEqual(new Set(all).size, all.length, `seed ${seed} batch ${batch}: ${all.join()}`)
        assert.isBelow(Math.max(...meaning.subarray(0, texts.size)), Math.max(1, kept.size))
        held.release()
      }
    }
  })

  it("is not read where the kernels had the texts of another dictionary", () => {
    const kernels = makeKernels() ?? assert.fail("no WebAssembly with SIMD")
    const table = new RecordTable(kernels, [{ isTime: false }], false)
    const add = (text: string) => {
      table.cell(0, encode(text), 0, encode(text).length)
      table.keep(1, 1, 1, 1)
    }
    add("a")
    add("b")
    const held = table.hold()
    const [{ codes, texts }] = held.cells().columns
    held.release()
    // All codes mean something else from here on.
    table.setJson(false)
    add("c")
    add("d")
    const found = new MappedTexts({ ...rules, nulls: new Set() }).read({ ...texts, codes, json: false }, texts)
    assert.deepStrictEqual(outcomes(found), ["a", "b"])
  })
})
