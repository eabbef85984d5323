export * from "./DecoderRules.ts"
export * from "./OptionRules.ts"
export * from "./Rule.ts"
export * from "./testDecoder.ts"
