import { TextPool } from "../../arrow/TextPool.ts"
import { concatTexts, Texts } from "../Texts.ts"
import {
  bools,
  datesOf,
  doublesOf,
  longsOf,
  makeLongs,
  type TextValues,
  textsOf,
  validityOf,
  type Values
} from "../Values.ts"
import { as } from "./Kernel.ts"

/** Puts a column together: at each place the value of the source with the number `choice[place]`, or null for -1. */
export const choose = (
  sources: ReadonlyArray<Values>,
  choice: Int32Array,
  mask: 0 | -1,
  failed: Int32Array | undefined
): Values => {
  const places = choice.length
  const [{ kind }] = sources
  if (kind === "text") return { ...chooseTexts(sources as ReadonlyArray<TextValues>, choice, mask), failed }
  const valid = chosenValidity(sources, choice)
  switch (kind) {
    case "long": {
      const from = sources.map((source) => as(source, "long"))
      const longs = makeLongs(places)
      for (let i = 0; i < places; i++) {
        if (choice[i] < 0) continue
        const source = from[choice[i]]
        const place = 2 * (i & source.mask)
        longs[2 * i] = source.longs[place]
        longs[2 * i + 1] = source.longs[place + 1]
      }
      return longsOf(longs, mask, valid, failed)
    }
    case "double": {
      const from = sources.map((source) => as(source, "double"))
      const doubles = new Float64Array(places)
      for (let i = 0; i < places; i++) {
        if (choice[i] >= 0) doubles[i] = from[choice[i]].doubles[i & from[choice[i]].mask]
      }
      return { ...doublesOf(doubles, mask, valid), failed }
    }
    case "date": {
      const from = sources.map((source) => as(source, "date"))
      const days = new Int32Array(places)
      for (let i = 0; i < places; i++) {
        if (choice[i] >= 0) days[i] = from[choice[i]].days[i & from[choice[i]].mask]
      }
      return datesOf(days, mask, valid, failed)
    }
    case "bool": {
      const from = sources.map((source) => as(source, "bool"))
      const truths = new Uint8Array(places)
      for (let i = 0; i < places; i++) {
        if (choice[i] >= 0) truths[i] = from[choice[i]].truths[i & from[choice[i]].mask]
      }
      return { ...bools(truths, mask, valid), failed }
    }
    case "list":
      throw new Error("lists are passed on as they are")
  }
}

const chosenValidity = (sources: ReadonlyArray<Values>, choice: Int32Array): Uint8Array | undefined => {
  const valid = new Uint8Array(choice.length)
  const validities = sources.map(validityOf)
  let all = true
  for (let i = 0; i < choice.length; i++) {
    const from = choice[i]
    valid[i] = from < 0 ? 0 : (validities[from]?.[i & sources[from].mask] ?? 1)
    if (valid[i] === 0) all = false
  }
  return all ? undefined : valid
}

/** The dictionaries are put one after the other, unless that would be more than the rows. */
const chooseTexts = (sources: ReadonlyArray<TextValues>, choice: Int32Array, mask: 0 | -1): TextValues => {
  const { length } = choice
  const codes = new Int32Array(length).fill(-1)
  const starts: Array<number> = []
  let size = 0
  for (const { texts } of sources) {
    starts.push(size)
    size += texts.size
  }
  if (size <= length + sources.length) {
    for (let i = 0; i < length; i++) {
      const from = choice[i]
      const code = from < 0 ? -1 : sources[from].codes[i & sources[from].mask]
      if (code >= 0) codes[i] = code + starts[from]
    }
    return textsOf(codes, concatTexts(sources.map(({ texts }) => texts)), mask)
  }
  const pool = new TextPool()
  const views = sources.map(({ texts }) => texts.utf8())
  for (let i = 0; i < length; i++) {
    const from = choice[i]
    const code = from < 0 ? -1 : sources[from].codes[i & sources[from].mask]
    if (code < 0) continue
    const { bytes, offsets } = views[from]
    codes[i] = pool.add(bytes, offsets[code], offsets[code + 1])
  }
  return textsOf(codes, Texts.ofVector(pool.vector()), mask)
}
