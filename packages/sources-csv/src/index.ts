export * from "./CsvDecoder.ts"
export * from "./CsvOptions.ts"
export { firstRowLooksLikeData } from "./Header.ts"
