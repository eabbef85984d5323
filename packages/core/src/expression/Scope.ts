import type { Tree, ValueType } from "./Tree.ts"

/** A column that an expression can name. */
export interface Resolved {
  /** Its name in the batches that the expression is evaluated on. */
  readonly name: string
  readonly type: ValueType
}

/** Columns by name. */
export interface Names {
  /** The column of a dotted path, offered whole first and then shortened from the right. */
  readonly resolve: (path: ReadonlyArray<string>) => Resolved | undefined
  /** Names that can be written, for errors. */
  readonly names: ReadonlyArray<string>
}

/** What an expression may use. */
export interface Scope extends Names {
  /** `windows`: looks at a user's rows; `over`: looks at rows that it names. */
  readonly allow: { readonly measures: boolean; readonly windows: boolean; readonly over: boolean }
  /** The columns inside the arguments and filters of measures, where they are others than outside. */
  readonly inner?: Names
  /** Whether there is a parameter `${NAME}`; without this there is any. */
  readonly bindings?: (name: string) => boolean
  /** What `${NAME}` stands for where its value is known already; a list stands in `in (…)` only. */
  readonly param?: (name: string) => Tree | ReadonlyArray<Tree> | undefined
  /** What the expression must be, such as bool. */
  readonly type?: ValueType
}
