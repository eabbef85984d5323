import { type Decoder, PluginError } from "@sojourn/core"
import { decodeAll, type Decoded, decodePiece, type Item, requestOf } from "./decodeAll.ts"
import { digestsTell, namesOf } from "./records.ts"
import { holds, type Rule, same } from "./Rule.ts"

/** An input, and what a decoder should make of it. At most a few hundred bytes: it is cut at every one of them. */
export interface DecoderFixture<Options> {
  readonly name: string
  readonly input: string | Uint8Array
  readonly options?: Options
  /** Its records in order, each with all its fields as written. */
  readonly records: ReadonlyArray<Readonly<Record<string, string | null>>>
  /** What is no record: its ordinal among all, from 1, and the code. */
  readonly rejects?: ReadonlyArray<{ readonly event: number; readonly code: string }>
}

export interface DecoderSubject<Options> {
  readonly decoder: Decoder<Options>
  readonly fixture: DecoderFixture<Options>
}

/** What every decoder must do with every fixture. */
export const decoderRules = <Options>(): ReadonlyArray<Rule<DecoderSubject<Options>>> => [
  {
    name: "gives the records and rejects that the fixture names",
    check: (subject) => {
      const { items } = whole(subject)
      const records = items.filter((item) => item.values !== undefined)
      same(
        "records",
        records.map(({ values }) => values),
        subject.fixture.records.map((record) => filled(subject, record))
      )
      const rejects = items.filter((item) => item.code !== undefined)
      same(
        "rejects",
        rejects.map(({ code, event }) => ({ event, code })),
        subject.fixture.rejects ?? []
      )
    }
  },
  {
    name: "numbers records and rejects together from 1, and leaves none out",
    check: (subject) => {
      const { items } = whole(subject)
      same(
        "ordinals",
        items.map(({ event }) => event),
        items.map((_, i) => i + 1)
      )
    }
  },
  {
    name: "gives the same however the bytes are cut into chunks",
    check: (subject) => {
      const bytes = bytesOf(subject)
      const expected = whole(subject)
      for (let at = 0; at <= bytes.length; at++) {
        same(`cut at byte ${at}`, decoded(subject, [bytes.slice(0, at), bytes.slice(at)]), expected)
      }
      same(
        "one byte at a time",
        decoded(
          subject,
          Array.from(bytes, (byte) => Uint8Array.of(byte))
        ),
        expected
      )
      same("with chunks of no byte", decoded(subject, [new Uint8Array(0), bytes, new Uint8Array(0)]), expected)
    }
  },
  {
    name: "loses no record before the place where an input is cut short, and fails with a PluginError or not at all",
    check: (subject) => {
      const bytes = bytesOf(subject)
      const { items } = whole(subject)
      for (let end = 0; end < bytes.length; end++) {
        const found = unlessPluginError(() => decoded(subject, [bytes.slice(0, end)]).items)
        // What was cut may be one record or reject more, or be missing.
        const complete = items.filter(({ length, offset }) => offset + length < end)
        if (found !== undefined) same(`cut short at byte ${end}`, found.slice(0, complete.length), complete)
      }
    }
  },
  {
    name: "gives the wanted columns, in the order in which they are wanted, and null for what is not there",
    check: (subject) => {
      const names = fieldsOf(subject)
      const expected = whole(subject).items
      for (const wanted of [[], ...names.map((name) => [name]), [...names].reverse(), ["no such field", ...names]]) {
        const { items } = decodeAll(subject.decoder, options(subject), requestOf(wanted), [bytesOf(subject)])
        const chosen = expected.map((item) => onlyColumns(item, wanted))
        same(`columns ${wanted.join(", ")}`, items.map(ordered), chosen.map(ordered))
      }
    }
  },
  {
    name: "says where each record stands: line, offset, length, and the bytes there",
    check: (subject) => {
      const bytes = bytesOf(subject)
      for (const { code, event, length, line, offset, raw } of whole(subject).items) {
        const lines = bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1
        same(`line of record ${event}`, line, lines)
        const own = new TextDecoder().decode(bytes.subarray(offset, offset + length))
        // A reject over the cap has no raw text.
        if (code === undefined || raw !== null) same(`bytes of record ${event}`, raw, own)
      }
    }
  },
  {
    name: "gives equal records equal digests, and others others",
    check: (subject) => {
      const request = requestOf(fieldsOf(subject), { digest: true })
      const { items } = decodeAll(subject.decoder, options(subject), request, [bytesOf(subject)])
      digestsTell(items.filter((item) => item.values !== undefined))
    }
  },
  {
    name: "rejects a record over the cap with record.size, and reads on after it",
    check: (subject) => {
      const { items } = whole(subject)
      const longest = Math.max(...items.map(({ length }) => length))
      if (items.length === 0 || longest < 2) return
      const request = requestOf(fieldsOf(subject), { maxRecordBytes: longest - 1 })
      for (const chunks of [[bytesOf(subject)], Array.from(bytesOf(subject), (byte) => Uint8Array.of(byte))]) {
        const found = decodeAll(subject.decoder, options(subject), request, chunks).items
        same(
          "ordinals with a cap",
          found.map(({ event }) => event),
          items.map(({ event }) => event)
        )
        for (const [i, item] of items.entries()) {
          if (item.length === longest) same(`code of record ${item.event}, over the cap`, found[i].code, "record.size")
          else same(`record ${item.event}, under the cap`, found[i], item)
        }
      }
    }
  },
  {
    name: "does not change the bytes that it is given, nor later what it has given",
    check: (subject) => {
      const bytes = bytesOf(subject)
      const copy = bytes.slice()
      const request = requestOf(fieldsOf(subject))
      const decoding = subject.decoder.open(options(subject), request)
      const middle = bytes.length >> 1
      const first = [...decoding.push(bytes.subarray(0, middle)), ...(decoding.settle?.().batches ?? [])]
      const told = JSON.stringify(first.map(({ records }) => records.toArray().map(String)))
      for (const chunk of [bytes.subarray(middle), copy]) decoding.push(chunk)
      decoding.end()
      same("a batch, later", JSON.stringify(first.map(({ records }) => records.toArray().map(String))), told)
      same("the bytes", [...bytes], [...copy])
    }
  },
  {
    name: "names the fields that it met",
    check: (subject) => {
      const { fields } = whole(subject)
      for (const name of fieldsOf(subject))
        holds(fields.includes(name), `the field ${name} is not among ${fields.join(", ")}`)
    }
  },
  {
    name: "tells the fields that are not known, where they are to be told",
    check: (subject) => {
      const names = fieldsOf(subject)
      const own = (name: string) => [name, name.split(".")[0]]
      const unknownOf = (known: ReadonlyArray<string>) => {
        const request = requestOf(names, { known: new Set(known) })
        const { items } = decodeAll(subject.decoder, options(subject), request, [bytesOf(subject)])
        return items.filter(({ values }) => values !== undefined).map(({ unknown }) => unknown ?? null)
      }
      for (const unknown of unknownOf(names.flatMap(own))) same("unknown fields, where all are known", unknown, null)
      for (const [i, unknown] of unknownOf([]).entries()) {
        const met = Object.entries(subject.fixture.records[i]).flatMap(([name, value]) =>
          value === null ? [] : [name]
        )
        const told = (unknown ?? "").split(", ")
        for (const name of met) {
          const isTold = own(name).some((one) => told.includes(one))
          holds(isTold, `the field ${name} of record ${i + 1} is not among the unknown ones: ${unknown ?? "none"}`)
        }
      }
    }
  },
  {
    name: "makes nothing of nothing",
    check: (subject) => {
      same("of no bytes", decoded(subject, []).items, [])
      same("of a chunk of no byte", decoded(subject, [new Uint8Array(0)]).items, [])
    }
  },
  {
    name: "reads pieces that begin after a newline as it reads the whole",
    check: (subject) => {
      const bytes = bytesOf(subject)
      const pieces = subject.decoder.pieces?.(options(subject), bytes)
      if (pieces === undefined) return
      const expected = whole(subject).items
      for (let cut = bytes.indexOf(0x0a) + 1; cut > 0 && cut < bytes.length; cut = bytes.indexOf(0x0a, cut) + 1) {
        const request = requestOf(fieldsOf(subject))
        const first = subject.decoder.open(pieces.first, request)
        const rest = subject.decoder.open(pieces.rest, { ...request, continues: true })
        const before = decodePiece(first, request, bytes.slice(0, cut), false)
        const after = decodePiece(rest, request, bytes.slice(cut), true)
        const events = before.length
        const lines = bytes.subarray(0, cut).filter((byte) => byte === 0x0a).length
        const moved = after.map((item) => behind(item, { events, lines, bytes: cut }))
        same(`in pieces, cut at byte ${cut}`, [...before, ...moved], expected)
      }
    }
  }
]

/** A record with these columns, null where it has none of that name. */
const onlyColumns = (item: Item, names: ReadonlyArray<string>): Item => {
  const { values } = item
  return values === undefined
    ? item
    : { ...item, values: Object.fromEntries(names.map((name) => [name, values[name] ?? null])) }
}

/** A record of a piece before which so much was. */
const behind = (
  item: Item,
  before: { readonly events: number; readonly lines: number; readonly bytes: number }
): Item => ({
  ...item,
  event: item.event + before.events,
  line: item.line + before.lines,
  offset: item.offset + before.bytes
})

const encoder = new TextEncoder()

const bytesOf = <Options>({ fixture }: DecoderSubject<Options>): Uint8Array =>
  typeof fixture.input === "string" ? encoder.encode(fixture.input) : fixture.input.slice()

const fieldsOf = <Options>({ fixture }: DecoderSubject<Options>): ReadonlyArray<string> => namesOf(fixture.records)

const filled = <Options>(subject: DecoderSubject<Options>, record: Readonly<Record<string, string | null>>) =>
  Object.fromEntries(fieldsOf(subject).map((name) => [name, record[name] ?? null]))

const options = <Options>({ fixture }: DecoderSubject<Options>): Options => fixture.options ?? ({} as Options)

const decoded = <Options>(subject: DecoderSubject<Options>, chunks: ReadonlyArray<Uint8Array>): Decoded =>
  decodeAll(subject.decoder, options(subject), requestOf(fieldsOf(subject)), chunks)

const whole = <Options>(subject: DecoderSubject<Options>): Decoded => decoded(subject, [bytesOf(subject)])

const ordered = ({ values, ...item }: Item) => ({ ...item, values: values && Object.entries(values) })

const unlessPluginError = <A>(run: () => A): A | undefined => {
  try {
    return run()
  } catch (error) {
    if (error instanceof PluginError) return undefined
    throw error
  }
}
