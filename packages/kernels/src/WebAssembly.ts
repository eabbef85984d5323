/** The part of WebAssembly's interface that is used here; every runtime that is supported has it. */
interface WebAssemblyInterface {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
  readonly validate: (bytes: Uint8Array) => boolean
}

export const webAssembly = (globalThis as unknown as { readonly WebAssembly?: WebAssemblyInterface }).WebAssembly
