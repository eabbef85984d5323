import type { Place } from "./ExpressionError.ts"
import type { ValueType } from "./Tree.ts"

/** Operators between two operands. */
export type Operator =
  | "or"
  | "and"
  | "="
  | "<>"
  | "<"
  | "<="
  | ">"
  | ">="
  | "is distinct from"
  | "is not distinct from"
  | "||"
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"

/** A call of a function, a measure or a window: which of them it is, the checker knows. */
export interface CallSyntax extends Place {
  readonly kind: "call"
  /** In lower case. */
  readonly name: string
  /** Where the name stands. */
  readonly place: Place
  readonly arguments: ReadonlyArray<Syntax>
  /** `count(*)` */
  readonly star: boolean
  readonly distinct: boolean
  readonly ignoreNulls: boolean
  readonly filter: Syntax | undefined
  readonly over: OverSyntax | undefined
}

/** `over (partition by … order by …)` */
export interface OverSyntax extends Place {
  readonly partition: ReadonlyArray<Syntax>
  readonly order: ReadonlyArray<{ readonly value: Syntax; readonly descending: boolean }>
}

/** An expression as it is written, every part with its place in the text. */
export type Syntax =
  | CallSyntax
  | (Place &
      (
        | { readonly kind: "number"; readonly text: string }
        | { readonly kind: "text"; readonly value: string }
        | { readonly kind: "constant"; readonly value: boolean | null }
        /** `timestamp '…'` */
        | { readonly kind: "typed"; readonly type: "timestamp" | "date" | "interval"; readonly value: string }
        | { readonly kind: "binding"; readonly name: string }
        | { readonly kind: "column"; readonly path: ReadonlyArray<string>; readonly quoted: boolean }
        | { readonly kind: "not" | "negate"; readonly operand: Syntax }
        | {
            readonly kind: "binary"
            readonly operator: Operator
            readonly left: Syntax
            readonly right: Syntax
          }
        | { readonly kind: "is null"; readonly operand: Syntax; readonly not: boolean }
        | {
            readonly kind: "in"
            readonly operand: Syntax
            readonly list: ReadonlyArray<Syntax>
            readonly not: boolean
          }
        | {
            readonly kind: "between"
            readonly operand: Syntax
            readonly low: Syntax
            readonly high: Syntax
            readonly not: boolean
          }
        | {
            readonly kind: "like"
            readonly operand: Syntax
            readonly pattern: Syntax
            readonly escape: Syntax | undefined
            readonly not: boolean
          }
        | {
            readonly kind: "case"
            readonly subject: Syntax | undefined
            readonly branches: ReadonlyArray<{ readonly when: Syntax; readonly value: Syntax }>
            readonly otherwise: Syntax | undefined
          }
        | {
            readonly kind: "cast"
            readonly operand: Syntax
            readonly type: ValueType
            /** A cast that fails gives null. */
            readonly tries: boolean
          }
      ))
