import { columnName, columnPath, columnText } from "../spec/Column.ts"
import { digest, position } from "../plugin/EventBatch.ts"

/** Whether a spec can refer to a field: some names of JSON keys mean something else there, or nothing. */
export const canRefer = (path: string): boolean =>
  columnPath(columnText(path)) === path && !/\$\{[A-Za-z_]\w*\}/.test(path) && !reserved.has(path)

const reserved: ReadonlySet<string> = new Set([...Object.values(position), digest])

/** The names that fields get as columns of events. */
export class EventNames {
  private readonly paths: ReadonlySet<string>
  private readonly shared = new Set<string>()

  /** `paths`: all fields that may become columns. */
  constructor(paths: Iterable<string>) {
    this.paths = new Set(paths)
    const seen = new Set<string>()
    for (const path of this.paths) {
      const name = columnName(path)
      if (seen.has(name)) this.shared.add(name)
      seen.add(name)
    }
  }

  /** The last segment of a path where that is the only one of its name, else the whole path. */
  of(path: string): string {
    const name = columnName(path)
    const unique = name === "" || this.shared.has(name) ? path : name
    return added.has(unique) ? `record.${unique}` : unique
  }

  /** A name for a key of several columns. */
  composite(): string {
    return [...this.paths].some((path) => this.of(path) === "user") ? "user_key" : "user"
  }

  /** How a spec maps a field so that its column has that name. */
  mapped(path: string): string | { readonly as: string; readonly value: string } {
    const name = this.of(path)
    return name === columnName(path) ? columnText(path) : { as: name, value: columnText(path) }
  }
}

/** Columns that Sojourn adds to events and sessions. */
const added: ReadonlySet<string> = new Set(["session_id", "$source"])
