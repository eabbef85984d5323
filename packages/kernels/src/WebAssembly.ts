/** The part of WebAssembly's interface that is used here; every runtime that is supported has it. */
interface WebAssemblyInterface {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
  readonly validate: (bytes: Uint8Array) => boolean
}

interface Runtime {
  readonly WebAssembly?: WebAssemblyInterface
  /** From base64 to a byte a character. */
  readonly atob: (text: string) => string
  /** Node's. */
  readonly Buffer?: { readonly from: (text: string, encoding: "base64") => Uint8Array }
}

export const { Buffer: nodeBuffer, WebAssembly: webAssembly, atob } = globalThis as unknown as Runtime
