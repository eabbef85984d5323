import { assert, describe, it } from "@effect/vitest"
import { compileTimeFormat, TimeFormatError } from "../../src/time/TimeFormat.ts"
import { utc } from "../../src/time/Zone.ts"
import { format, read } from "./read.ts"

/** What common exporters write, and the instant that they mean. */
const exports: ReadonlyArray<readonly [exporter: string, format: string, text: string, instant: string]> = [
  ["RFC 3339", "iso8601", "2024-01-05T10:00:00Z", "2024-01-05T10:00:00Z"],
  ["RFC 3339 with an offset", "iso8601", "2024-01-05T10:00:00.52+05:30", "2024-01-05T04:30:00.520Z"],
  ["JavaScript toISOString", "iso8601", "2024-01-05T10:00:00.123Z", "2024-01-05T10:00:00.123Z"],
  ["Python isoformat", "iso8601", "2024-01-05T10:00:00.123456+00:00", "2024-01-05T10:00:00.123456Z"],
  ["Python isoformat, naive", "iso8601", "2024-01-05T10:00:00.123456", "2024-01-05T10:00:00.123456Z"],
  ["Python str", "iso8601", "2024-01-05 10:00:00.123456+00:00", "2024-01-05T10:00:00.123456Z"],
  ["Java Instant", "iso8601", "2024-01-05T10:00:00.123456789Z", "2024-01-05T10:00:00.123456Z"],
  ["Java OffsetDateTime without seconds", "iso8601", "2024-01-05T10:00+02:00", "2024-01-05T08:00:00Z"],
  [".NET round trip", "iso8601", "2024-01-05T10:00:00.1234567-08:00", "2024-01-05T18:00:00.123456Z"],
  ["BigQuery", "iso8601", "2019-10-01 00:00:00 UTC", "2019-10-01T00:00:00Z"],
  ["BigQuery with microseconds", "iso8601", "2019-10-01 00:00:00.123456 UTC", "2019-10-01T00:00:00.123456Z"],
  ["Shopify", "iso8601", "2024-01-05T10:00:00-0400", "2024-01-05T14:00:00Z"],
  ["Shopify CSV", "iso8601", "2024-01-05 10:00:00 -0400", "2024-01-05T14:00:00Z"],
  ["PostgreSQL", "iso8601", "2024-01-05 10:00:00+00", "2024-01-05T10:00:00Z"],
  ["PostgreSQL with microseconds", "iso8601", "2024-01-05 10:00:00.123456+05:30", "2024-01-05T04:30:00.123456Z"],
  ["MySQL", "iso8601", "2024-01-05 10:00:00", "2024-01-05T10:00:00Z"],
  ["SQL Server datetime2", "iso8601", "2024-01-05 10:00:00.1234567", "2024-01-05T10:00:00.123456Z"],
  ["SQL Server datetimeoffset", "iso8601", "2024-01-05 10:00:00.1234567 +02:00", "2024-01-05T08:00:00.123456Z"],
  ["Snowflake", "iso8601", "2024-01-05 10:00:00.000 +0000", "2024-01-05T10:00:00Z"],
  ["log4j", "iso8601", "2024-01-05 10:00:00,123", "2024-01-05T10:00:00.123Z"],
  ["Unix time", "epoch_s", "1704448800", "2024-01-05T10:00:00Z"],
  ["Python time.time", "epoch_s", "1704448800.1234567", "2024-01-05T10:00:00.123456Z"],
  ["JavaScript Date.now", "epoch_ms", "1704448800123", "2024-01-05T10:00:00.123Z"],
  ["a spreadsheet of Date.now", "epoch_ms", "1.704448800123E+12", "2024-01-05T10:00:00.123Z"],
  ["Google Analytics 4", "epoch_us", "1704448800123456", "2024-01-05T10:00:00.123456Z"],
  ["OpenTelemetry", "epoch_ns", "1704448800123456789", "2024-01-05T10:00:00.123456Z"],
  ["Apache access log", "dd/MMM/yyyy:HH:mm:ss Z", "05/Jan/2024:10:00:00 -0700", "2024-01-05T17:00:00Z"],
  ["HTTP header", "EEE, dd MMM yyyy HH:mm:ss z", "Fri, 05 Jan 2024 10:00:00 GMT", "2024-01-05T10:00:00Z"],
  ["Excel, American", "M/d/yyyy h:mm a", "1/5/2024 10:00 AM", "2024-01-05T10:00:00Z"],
  ["Excel, German", "dd.MM.yyyy HH:mm:ss", "05.01.2024 10:00:00", "2024-01-05T10:00:00Z"],
  ["Google Analytics date", "yyyyMMdd", "20240105", "2024-01-05T00:00:00Z"],
  ["AWS request date", "yyyyMMdd'T'HHmmssX", "20240105T100000Z", "2024-01-05T10:00:00Z"],
  [
    "JavaScript Date.toString",
    "EEE MMM dd yyyy HH:mm:ss 'GMT'Z (zzzz)",
    "Fri Jan 05 2024 11:00:00 GMT+0100 (Central European Standard Time)",
    "2024-01-05T10:00:00Z"
  ]
]

describe("compileTimeFormat", () => {
  it.each(exports)("reads %s: %s %s", (_, name, text, instant) => {
    assert.strictEqual(read(format(name), text), instant)
  })

  it.each([
    ["ISO8601", "iso8601"],
    ["epoch_sec", "epoch_s"],
    ["epoch_millis", "epoch_ms"],
    ["unix", undefined],
    ["yyyy-MM-DD", undefined]
  ])("refuses the format %s; near it is %s", (name, expected) => {
    const parse = compileTimeFormat(name, utc)
    assert.instanceOf(parse, TimeFormatError)
    assert.strictEqual(parse.nearest, expected)
    assert.include(parse.message, expected ?? "as a pattern, character")
  })
})
