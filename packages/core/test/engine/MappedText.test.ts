import { assert, describe, it } from "@effect/vitest"
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
})
