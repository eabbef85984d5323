import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { isbot } from "isbot"
import { grown } from "../../arrow/grown.ts"
import { Interner } from "../../arrow/Interner.ts"
import { Texts } from "../Texts.ts"
import { allValid, maskOf, placesOf, textsOf, type Values } from "../Values.ts"
import { as, type Kernel, type MakeKernel, plain, textAt, toBool } from "./Kernel.ts"

const digestBytes = 32
const hexDigits = new TextEncoder().encode("0123456789abcdef")

/** Puts the digest of a text's UTF-8 at a row into `out`. */
type Digest = (row: number, out: Uint8Array) => void

/** Digests in hexadecimal digits. */
const digests =
  (bind: (inputs: ReadonlyArray<Values>) => Digest): MakeKernel =>
  () => {
    const known = new KnownDigests()
    return (inputs, rows) => {
      const mask = maskOf(inputs)
      const places = placesOf(rows, mask)
      const valid = allValid(inputs, places)
      const digest = bind(inputs)
      // All but the text is the same for all rows of all batches: it comes from the plan.
      const text = inputs.slice(1).every((input) => input.mask === 0) ? bytesAt(inputs[0]) : undefined
      const codes = new Int32Array(places).fill(-1)
      const offsets = new Int32Array(places + 1)
      const hex = new Uint8Array(hexLength * places)
      let at = 0
      for (let i = 0; i < places; i++) {
        if (valid === undefined || valid[i] === 1) {
          const key = text?.(i)
          if (key === undefined || key.length > longest) writeHex(digest, i, hex, at)
          else known.write(key, digest, i, hex, at)
          at += hexLength
          codes[i] = i
        }
        offsets[i + 1] = at
      }
      return textsOf(codes, Texts.ofUtf8(offsets, hex.subarray(0, at)), mask)
    }
  }

const hexLength = 2 * digestBytes

const writeHex = (digest: Digest, row: number, hex: Uint8Array, at: number): void => {
  const out = new Uint8Array(digestBytes)
  digest(row, out)
  for (let i = 0; i < digestBytes; i++) {
    hex[at + 2 * i] = hexDigits[out[i] >> 4]
    hex[at + 2 * i + 1] = hexDigits[out[i] & 15]
  }
}

/** Texts of which the digests are kept, at most, and how many bytes they have: of users, the same come in every batch. */
const mostKnown = 131_072
const longest = 128

/** Digests by their texts, as a digest takes far longer than to find it. */
class KnownDigests {
  private texts = new Interner()
  private hex = new Uint8Array(0)

  /** Puts the digest of a text, which is that of a row, at a place of `hex`. */
  write(text: Uint8Array, digest: Digest, row: number, hex: Uint8Array, at: number): void {
    if (this.texts.size === mostKnown) this.texts.clear()
    const before = this.texts.size
    const code = this.texts.intern(text, 0, text.length)
    if (code === before) {
      if ((code + 1) * hexLength > this.hex.length) this.hex = grown(this.hex, (code + 1) * hexLength)
      writeHex(digest, row, this.hex, code * hexLength)
    }
    const start = code * hexLength
    for (let i = 0; i < hexLength; i++) hex[at + i] = this.hex[start + i]
  }
}

const bytesAt = (values: Values): ((row: number) => Uint8Array) => {
  const { codes, mask, texts } = as(values, "text")
  const { bytes, offsets } = texts.utf8()
  return (row) => {
    const code = codes[row & mask]
    return bytes.subarray(offsets[code], offsets[code + 1])
  }
}

const sha = digests(([value]) => {
  const bytes = bytesAt(value)
  const start = sha256.create()
  const hash = sha256.create()
  return (row, out) => {
    start._cloneInto(hash)
    hash.update(bytes(row)).digestInto(out)
  }
})

const hmacSha = digests(([value, key]) => {
  const bytes = bytesAt(value)
  const secret = bytesAt(key)
  if (key.mask !== 0) {
    return (row, out) => {
      out.set(hmac(sha256, secret(row), bytes(row)))
    }
  }
  // A key that is the same for every row is worked in once; a null key has no row to be asked for.
  let keyed: { readonly start: KeyedHash; readonly hash: KeyedHash } | undefined
  return (row, out) => {
    keyed ??= { start: hmac.create(sha256, secret(0)), hash: hmac.create(sha256, secret(0)) }
    keyed.start._cloneInto(keyed.hash)
    keyed.hash.update(bytes(row)).digestInto(out)
  }
})

type KeyedHash = ReturnType<typeof hmac.create>

const isBot: Kernel = toBool(([value]) => {
  const text = textAt(value)
  return (row) => isbot(text(row))
})

export const hashFunctions: Readonly<Record<string, MakeKernel>> = {
  sha256: sha,
  hmac_sha256: hmacSha,
  is_bot: plain(isBot)
}
