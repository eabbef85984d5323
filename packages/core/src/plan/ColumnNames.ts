import type { Names, Scope } from "../expression/Scope.ts"
import type { ValueType } from "../expression/Tree.ts"
import type { Path } from "../spec/SpecDocument.ts"
import type { Validate } from "./Plan.ts"
import type { Planning } from "./Planning.ts"
import type { TableColumns } from "./Tables.ts"

/** Columns as a spec may name them: each by its own name, or by its role `user`, `time`, `type` or `id`. */
export class ColumnNames implements Names {
  readonly columns: TableColumns
  readonly names: ReadonlyArray<string>
  private readonly roles: ReadonlyMap<string, string>

  /** `hidden`: columns that can be named, too, and of which nobody is told. */
  constructor(columns: TableColumns, { id, time, type, user }: Validate, hidden: TableColumns = []) {
    const known = new Set(columns.map(({ name }) => name))
    const roles = Object.entries({ user, time, type, id }).flatMap(([word, mapped]) =>
      mapped !== null && known.has(mapped.name) ? [[word, mapped.name] as const] : []
    )
    this.columns = [...columns, ...hidden]
    this.roles = new Map(roles)
    this.names = [...new Set([...known, ...roles.map(([word]) => word)])]
  }

  /** A column by its name or role. A column goes before a role. */
  find(name: string): TableColumns[number] | undefined {
    const own = this.columns.find((column) => column.name === name)
    const role = this.roles.get(name)
    return own ?? this.columns.find((column) => column.name === role)
  }

  readonly resolve = (path: ReadonlyArray<string>): TableColumns[number] | undefined => this.find(path.join("."))

  /** The name of a column that a spec names; reported where there is none. */
  named(name: string, path: Path, planning: Planning, key = false): string {
    const column = this.find(name)
    if (column !== undefined) return column.name
    planning.unknown("column", name, this.names, path, key)
    return name
  }

  /** {@link ColumnNames.named} of a list. */
  allNamed(names: ReadonlyArray<string>, path: Path, planning: Planning): ReadonlyArray<string> {
    return names.map((name, i) => this.named(name, [...path, i], planning))
  }
}

/** What a plain expression over some columns may use; `type`: what it must be. */
export const rowScope = ({ names, resolve }: Names, type?: ValueType): Scope => ({
  names,
  resolve,
  allow: { measures: false, windows: false, over: false },
  ...(type === undefined ? {} : { type })
})

/** What an expression with measures may use; `inner`: the columns that are measured. */
export const groupScope = ({ names, resolve }: Names, inner: Names, type?: ValueType): Scope => ({
  names,
  resolve,
  inner,
  allow: { measures: true, windows: false, over: false },
  ...(type === undefined ? {} : { type })
})
