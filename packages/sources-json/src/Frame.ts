import { bytesThat, closeBrace, closeBracket, comma, newline, openBracket } from "./Bytes.ts"

/**
 * `bare`: the layout has no brackets around records. `inside` and `outside` of an array; `wrapper`: among the members
 * of the top-level object after its array of records.
 */
type Place = "bare" | "inside" | "outside" | "wrapper"

/**
 * The brackets and commas between records. Where a comma is missing or too many, no record is at fault, so that is
 * remarked upon and the records are taken.
 */
export class Frame {
  readonly remarks = new Set<string>()
  place: Place
  private readonly afterArray: Place
  private comma: "none" | "due" | "given" = "none"

  /** `place`: where the input begins; `afterArray`: what the end of an array leads to. */
  constructor(place: Place, afterArray: Place) {
    this.place = place
    this.afterArray = afterArray
  }

  /** Whether records are items of an array here, be it one that has ended. */
  get isInArray(): boolean {
    return this.place === "inside" || this.place === "outside"
  }

  /** Whether a byte between records belongs there. */
  passes(byte: number): boolean {
    switch (byte) {
      case comma:
        this.passComma()
        return true
      case openBracket:
        if (this.place !== "outside") return false
        this.place = "inside"
        return true
      case closeBracket:
        if (this.place !== "inside") return false
        this.checkComma(this.comma !== "given")
        this.comma = "none"
        this.place = this.afterArray
        return true
      case closeBrace:
        if (this.place !== "wrapper") return false
        this.place = "outside"
        return true
      default:
        return false
    }
  }

  /** Whether a byte can stand after a value. */
  canFollow(byte: number): boolean {
    return byte === newline || byte === comma || (byte === closeBracket && this.place === "inside") || first[byte] === 1
  }

  /** A record has been read. */
  record(): void {
    if (this.place !== "inside") return
    this.checkComma(this.comma !== "due")
    this.comma = "due"
  }

  /** Reading resumes after a bad record that took the following comma with it. */
  resume(): void {
    this.comma = "none"
  }

  /** The input has ended inside a bad record, which may have taken the end of the array with it. */
  swallow(): void {
    if (this.place === "inside") this.place = "outside"
  }

  /** The input has ended. */
  end(): void {
    if (this.place === "inside") this.remarks.add("the array is not closed")
  }

  private passComma(): void {
    if (this.place === "wrapper") return
    this.checkComma(this.comma === "due")
    this.comma = "given"
  }

  private checkComma(isRight: boolean): void {
    if (!isRight) this.remarks.add("commas between records are missing or too many")
  }
}

/** What a value can begin with. */
const first = bytesThat((byte) => `"{[-0123456789tfn`.includes(String.fromCharCode(byte)))
