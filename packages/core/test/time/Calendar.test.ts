import { assert, describe, it } from "@effect/vitest"
import { civilFromDays, daysFromCivil, daysInMonth, isLeapYear, secondsPerDay } from "../../src/time/Calendar.ts"
import { maxSeconds, minSeconds } from "../../src/time/Instant.ts"

const firstDay = minSeconds / secondsPerDay
const lastDay = (maxSeconds + 1) / secondsPerDay - 1

describe("Calendar", () => {
  it("agrees with Date on every 37th day of the years 0001 to 9999 and on the last", () => {
    const date = { year: 0, month: 0, day: 0 }
    const agrees = (days: number) => {
      const expected = new Date(days * secondsPerDay * 1000)
      civilFromDays(days, date)
      return (
        date.year === expected.getUTCFullYear() &&
        date.month === expected.getUTCMonth() + 1 &&
        date.day === expected.getUTCDate() &&
        daysFromCivil(date.year, date.month, date.day) === days
      )
    }
    const days = Array.from({ length: Math.floor((lastDay - firstDay) / 37) + 1 }, (_, i) => firstDay + i * 37)
    assert.deepStrictEqual(
      [...days, lastDay].filter((day) => !agrees(day)),
      []
    )
  })

  it("knows how long each month is", () => {
    for (const year of [1, 4, 100, 1900, 2000, 2023, 2024, 9999]) {
      for (let month = 1; month <= 12; month++) {
        const firstOfNext = month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1)
        assert.strictEqual(daysInMonth(year, month), firstOfNext - daysFromCivil(year, month, 1), `${year}-${month}`)
      }
    }
  })

  it("leaves out leap days in centuries that 400 does not divide", () => {
    assert.deepStrictEqual([1900, 2000, 2023, 2024, 2100].filter(isLeapYear), [2000, 2024])
  })
})
