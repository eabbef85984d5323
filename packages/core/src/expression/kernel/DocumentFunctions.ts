import { sourceKind } from "../../channels/sourceKinds.ts"
import { jsonAt, pairText, tokenText } from "../Json.ts"
import { parseJsonPath } from "../JsonPath.ts"
import { urlParam, urlParts } from "../Url.ts"
import { type CallContext, type Kernel, type MakeKernel, plain, textAt, toText } from "./Kernel.ts"

const pathOf = ({ literal }: CallContext) => {
  const path = parseJsonPath(literal(1))
  if (path === undefined) throw new Error(`${literal(1)} is no path`)
  return path
}

const jsonExtract: MakeKernel = (context) => {
  const path = pathOf(context)
  return toText(([value]) => {
    const text = textAt(value)
    return (row) => jsonAt(text(row), path)
  })
}

const jsonExtractText: MakeKernel = (context) => {
  const path = pathOf(context)
  return toText(([value]) => {
    const text = textAt(value)
    return (row) => {
      const token = jsonAt(text(row), path)
      return token === undefined ? undefined : tokenText(token)
    }
  })
}

const kv: Kernel = toText(([value, key]) => {
  const text = textAt(value)
  const name = textAt(key)
  return (row) => pairText(text(row), name(row))
})

const urlPart = (part: "host" | "path"): Kernel =>
  toText(([value]) => {
    const text = textAt(value)
    return (row) => urlParts(text(row))[part]
  })

const param: Kernel = toText(([value, name]) => {
  const text = textAt(value)
  const wanted = textAt(name)
  return (row) => urlParam(text(row), wanted(row))
})

const kindOfSource: Kernel = toText(([value]) => {
  const text = textAt(value)
  return (row) => sourceKind(text(row))
})

export const documentFunctions: Readonly<Record<string, MakeKernel>> = {
  json_extract: jsonExtract,
  json_extract_text: jsonExtractText,
  kv: plain(kv),
  url_host: plain(urlPart("host")),
  url_path: plain(urlPart("path")),
  url_param: plain(param),
  source_kind: plain(kindOfSource)
}
