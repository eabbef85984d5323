export * from "./JsonEncoder.ts"
