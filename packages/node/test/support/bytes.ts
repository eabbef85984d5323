/** Bytes in pieces of these sizes, again and again. */
export const pieces = async function* (bytes: Uint8Array, ...sizes: ReadonlyArray<number>): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]
    yield bytes.subarray(at, at + size)
    at += size
  }
}

export const collected = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const all: Array<Uint8Array> = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

/** Text that packs neither too well nor too badly. */
export const lines = (count: number): string =>
  Array.from({ length: count }, (_, i) => `line ${(i * 7919) % 10_007}\n`).join("")
