import type { Data, RecordBatch } from "apache-arrow"
import { type NamedColumn, recordBatch, textColumn } from "../../arrow/Columns.ts"
import { Interner } from "../../arrow/Interner.ts"
import type { Attribution } from "../../plan/Attribution.ts"
import type { Evaluate, Expressions } from "../Expressions.ts"
import { GroupKeys } from "../GroupKeys.ts"
import { selectBatch, selectRows } from "../Rows.ts"

/** What is told of touches, and whether nothing is known of where one came from. */
interface Came {
  /** `channel`, `source`, `medium`, `campaign`: a row a touch, and one more for no touch at all. */
  readonly columns: ReadonlyArray<NamedColumn>
  readonly isDirect: (touch: number) => boolean
}

const unassigned = "Unassigned"

/** Where touches came from, and by which channel. Throws `ExpressionFailed`. */
export class TouchTable {
  private readonly referrer: Evaluate
  private readonly parts: ReadonlyArray<{ readonly name: string; readonly evaluate: Evaluate }>
  private readonly rules: ReadonlyArray<ReturnType<Expressions["condition"]>>
  private readonly names: ReturnType<Interner["toVector"]>
  /** By rule, and for none of them: the code of its name. */
  private readonly codes: ReadonlyArray<number>

  constructor({ channels, name, referrer, touch }: Attribution, expressions: Expressions) {
    const place = `tables.${name}.attribution`
    this.referrer = expressions.compile(referrer, `${place}.referrer`)
    this.parts = Object.entries(touch).map(([part, tree]) => ({
      name: part,
      evaluate: expressions.compile(tree, place)
    }))
    this.rules = channels.map((channel) => expressions.condition(channel.value, `${place}.channels.${channel.name}`))
    const names = new Interner()
    const encoder = new TextEncoder()
    this.codes = [...channels.map((channel) => channel.name), unassigned].map((text) => {
      const bytes = encoder.encode(text)
      return names.intern(bytes, 0, bytes.length)
    })
    this.names = names.toVector()
  }

  /** `url`: by row; `entries`: the row that each touch came in by. */
  of(rows: RecordBatch, url: Data, entries: Int32Array): Came {
    const count = entries.length + 1
    const all = new Int32Array(count)
    const places = all.map((_, i) => (i < entries.length ? i : -1))
    const referrer = this.referrer(selectBatch(rows, entries)).data
    // Pages and referrers come again and again.
    const pairs = new GroupKeys(["text", "text"])
    const pairOf = pairs.groupOf([selectRows(selectRows(url, entries), places), selectRows(referrer, places)], all)
    const [pageUrl, pageReferrer] = pairs.columns()
    const pages = recordBatch(
      [
        { name: "url", data: pageUrl },
        { name: "referrer", data: pageReferrer }
      ],
      pairs.size
    )
    const parts = this.parts.map(({ evaluate, name }) => ({ name, data: evaluate(pages).data }))
    const [source, medium] = parts
    const columns = [{ name: "channel", data: this.channels(recordBatch(parts, pairs.size)) }, ...parts]
    return {
      columns: columns.map(({ data, name }) => ({ name, data: selectRows(data, pairOf) })),
      isDirect: (touch) => !source.data.getValid(pairOf[touch]) && !medium.data.getValid(pairOf[touch])
    }
  }

  /** The first channel whose condition holds. */
  private channels(parts: RecordBatch): Data {
    const codes = new Int32Array(parts.numRows).fill(this.codes[this.rules.length])
    let left = new Int32Array(parts.numRows)
    for (const [channel, rule] of this.rules.entries()) {
      const holds = rule(parts, left)
      for (let i = 0; i < codes.length; i++) if (holds[i] === 0) codes[i] = this.codes[channel]
      left = left.map((one, i) => (holds[i] === 0 ? -1 : one))
    }
    return textColumn(codes, this.names)
  }
}
