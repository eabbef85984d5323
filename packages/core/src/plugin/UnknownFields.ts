import type { Data } from "apache-arrow"
import { TextBuilder } from "../arrow/TextBuilder.ts"

/** So many names are told of a record; of others how many there are. */
const mostNames = 20

/** The fields of records that are not known, as a column of text. */
export class UnknownFields {
  private readonly known: ReadonlySet<string>
  private readonly names = new Set<string>()
  private readonly texts = new TextBuilder()

  constructor(known: ReadonlySet<string>) {
    this.known = known
  }

  /** A field of the record at hand. */
  add(name: string): void {
    if (!this.known.has(name)) this.names.add(name)
  }

  /** The record at hand becomes a row. */
  keep(row: number): void {
    if (this.names.size === 0) return
    this.texts.setText(row, unknownText([...this.names]))
    this.names.clear()
  }

  forget(): void {
    this.names.clear()
  }

  take(rows: number): Data {
    return this.texts.take(rows)
  }
}

/** Names of fields as one text. */
export const unknownText = (names: ReadonlyArray<string>): string => {
  const shown = names.slice(0, mostNames).map((name) => (name.trim() === "" ? JSON.stringify(name) : name))
  return names.length <= mostNames ? shown.join(", ") : `${shown.join(", ")} and ${names.length - mostNames} more`
}
