import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { isbot } from "isbot"
import { Texts } from "../Texts.ts"
import { allValid, maskOf, placesOf, textsOf, type Values } from "../Values.ts"
import { as, type Kernel, type MakeKernel, plain, textAt, toBool } from "./Kernel.ts"

const digestBytes = 32
const hexDigits = new TextEncoder().encode("0123456789abcdef")

/** Puts the digest of a text's UTF-8 at a row into `out`. */
type Digest = (row: number, out: Uint8Array) => void

/** Digests in hexadecimal digits. */
const digests =
  (bind: (inputs: ReadonlyArray<Values>) => Digest): Kernel =>
  (inputs, rows) => {
    const mask = maskOf(inputs)
    const places = placesOf(rows, mask)
    const valid = allValid(inputs, places)
    const digest = bind(inputs)
    const codes = new Int32Array(places).fill(-1)
    const offsets = new Int32Array(places + 1)
    const hex = new Uint8Array(2 * digestBytes * places)
    const out = new Uint8Array(digestBytes)
    let at = 0
    for (let i = 0; i < places; i++) {
      if (valid === undefined || valid[i] === 1) {
        digest(i, out)
        for (const byte of out) {
          hex[at++] = hexDigits[byte >> 4]
          hex[at++] = hexDigits[byte & 15]
        }
        codes[i] = i
      }
      offsets[i + 1] = at
    }
    return textsOf(codes, Texts.ofUtf8(offsets, hex.subarray(0, at)), mask)
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
  sha256: plain(sha),
  hmac_sha256: plain(hmacSha),
  is_bot: plain(isBot)
}
