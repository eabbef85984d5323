/** What a client asked for. */
export interface ProxiedRequest {
  readonly method: string
  /** `/bucket/key`, still encoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
}

/** What goes wrong with a request. */
export type Fault =
  /** The server is not asked; this is the answer. */
  | {
      readonly kind: "answer"
      readonly status: number
      readonly code: string
      readonly said?: string
      readonly headers?: Readonly<Record<string, string>>
      /** Further XML inside of the error. */
      readonly inside?: string
    }
  /** The connection breaks after so many bytes of the answer's body. */
  | { readonly kind: "cut-answer"; readonly after: number }
  /** After so many bytes of the answer's body, nothing comes any more, and the connection stays. */
  | { readonly kind: "stall-answer"; readonly after: number }
  /** The connection breaks after so many bytes of the request's body. The server is not asked. */
  | { readonly kind: "cut-request"; readonly after: number }
  /** The server does what it was asked for, and the connection breaks before the client hears of it. */
  | { readonly kind: "lose-answer" }

/** A fault that happens to the next `times` requests of a kind. */
export interface FaultRule {
  readonly on: (request: ProxiedRequest) => boolean
  readonly fault: Fault
  readonly times?: number
}

export const errorBody = ({ code, inside = "", said = "injected" }: Fault & { readonly kind: "answer" }): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${said}</Message>${inside}<RequestId>INJECTED</RequestId></Error>`
