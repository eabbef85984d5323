import type { Texts } from "@sojourn/kernels"
import { grown } from "../arrow/grown.ts"
import type { Judged } from "./Failures.ts"
import {
  type Derivation,
  type FieldText,
  FieldTexts,
  noValue,
  nullText,
  type ReadTexts,
  type TextRules,
  wrongKind
} from "./FieldText.ts"

/** What a mapped field must be. */
export interface FieldRules extends TextRules {
  readonly path: string
  readonly required: boolean
  readonly allowed: ReadonlyArray<string> | undefined
}

/** A mapped field of a batch: its texts, and a verdict on each of them. */
export interface MappedText {
  readonly column: ReadTexts
  readonly text: FieldText
  readonly judged: Judged
}

/**
 * Reads a mapped field, or what is derived from it, batch by batch. What was found out about a text is kept as long as
 * its code means the same.
 */
export class MappedTexts {
  private readonly rules: FieldRules
  private readonly derivation: Derivation | undefined
  private readonly texts: FieldTexts
  private verdicts = new Uint8Array(0)
  private judgedUpTo = 0
  private last: FieldText | undefined

  constructor(rules: FieldRules, derivation?: Derivation) {
    this.rules = rules
    this.derivation = derivation
    this.texts = new FieldTexts(rules, derivation)
  }

  /** `lasting`: the growing dictionary of the column, if it has one. */
  read(column: ReadTexts, lasting: Texts | undefined): MappedText {
    const { path, required } = this.rules
    const text = this.texts.read(column, lasting)
    if (text !== this.last) this.judgedUpTo = 0
    this.last = text
    this.judge(text, column.size)
    const problems = [
      { code: "field.missing", reason: `missing ${path}` },
      { code: "field.type", reason: `invalid type for ${path}` },
      { code: "field.value", reason: `unexpected value for ${path}` },
      ...(this.derivation?.expression.problems ?? [])
    ] as const
    return {
      column,
      text,
      judged: { codes: column.codes, verdicts: this.verdicts, ofNull: required ? 1 : 0, problems }
    }
  }

  /** Missing, of the wrong kind, not among the allowed ones, or nothing that the expression can be computed for. */
  private judge({ meaning, values }: FieldText, size: number): void {
    const { allowed, required } = this.rules
    if (size > this.verdicts.length) this.verdicts = grown(this.verdicts, size)
    const { verdicts } = this
    for (let code = this.judgedUpTo; code < size; code++) {
      const text = meaning[code]
      verdicts[code] = 0
      if (text === nullText) verdicts[code] = required ? 1 : 0
      else if (text === wrongKind) verdicts[code] = 2
      else if (text <= noValue) verdicts[code] = 4 + noValue - text
      else if (allowed !== undefined && !allowed.includes(values.text(text))) verdicts[code] = 3
    }
    this.judgedUpTo = size
  }
}
