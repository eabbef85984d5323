import type { Report, ReportTables } from "@sojourn/core"
import { htmlReport } from "./htmlReport.ts"
import { markdownReport } from "./markdownReport.ts"

/** The bytes of a report, in UTF-8: a function of the report and its tables alone. */
export const renderReport = (report: Report, tables: ReportTables, form: "html" | "markdown"): Uint8Array =>
  new TextEncoder().encode(form === "html" ? htmlReport(report, tables) : markdownReport(report, tables))
