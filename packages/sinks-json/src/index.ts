export { jsonEncoder, JsonOptions } from "./JsonEncoder.ts"
