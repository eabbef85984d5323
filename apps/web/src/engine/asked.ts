import { Told } from "./Engine.ts"

/** What a server answers. Fails with {@link Told}: what it says of a failure, or that it says nothing. */
export const asked = async (address: string, init: RequestInit = {}): Promise<Response> => {
  const response = await fetch(address, init).catch(() => {
    throw unreachable()
  })
  if (!response.ok) throw toldBy(await response.text())
  return response
}

export const askedJson = async <A>(address: string): Promise<A> => (await asked(address)).json() as Promise<A>

/** Its text stands here, as the worker has no other text of the page. */
export const unreachable = () =>
  new Told({
    message: "the server cannot be reached",
    hint: "it may have been stopped: start it again and reload"
  })

/** What a server says of a failure, as problem details (RFC 9457). */
export const toldBy = (text: string): Told => {
  try {
    const { detail, hint, title } = JSON.parse(text) as Readonly<Record<string, string | undefined>>
    return new Told({ message: detail ?? title ?? text, hint: hint ?? null })
  } catch {
    return new Told({ message: text.slice(0, 200), hint: null })
  }
}
