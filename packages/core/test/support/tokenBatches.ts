import { Interner } from "../../src/arrow/Interner.ts"
import { TextPool } from "../../src/arrow/TextPool.ts"
import type { ReadTexts } from "../../src/engine/FieldText.ts"
import type { Random } from "./random.ts"

/** Rows of JSON tokens as a column of a batch; `lasting`: its dictionary, if the next batch may go on with it. */
interface TokenBatch {
  /** From 0. */
  readonly batch: number
  readonly rows: ReadonlyArray<string | null>
  readonly column: ReadTexts
  readonly lasting: Interner | undefined
}

/** Some batches of one field, with dictionaries that grow, begin anew, or are of one batch. */
export function* tokenBatches(random: Random, tokens: ReadonlyArray<string>): Generator<TokenBatch> {
  let growing = new Interner()
  for (let batch = 0; batch < 8; batch++) {
    if (random.int(4) === 0) growing = new Interner()
    const rows = Array.from({ length: random.int(12) }, () => (random.int(5) === 0 ? null : random.pick(tokens)))
    const lasting = random.int(3) > 0 ? growing : undefined
    const texts = lasting ?? new TextPool()
    const codes = rows.map((row) => {
      if (row === null) return -1
      const token = new TextEncoder().encode(row)
      return lasting === undefined ? texts.add(token, 0, token.length) : lasting.intern(token, 0, token.length)
    })
    yield { batch, rows, column: tokenColumn(texts, codes), lasting }
  }
}

/** A column of JSON tokens. */
export const tokenColumn = ({ bytes, offsets, size }: TextPool, codes: ReadonlyArray<number>): ReadTexts => ({
  codes: Int32Array.from(codes),
  size,
  offsets,
  bytes,
  json: true
})
