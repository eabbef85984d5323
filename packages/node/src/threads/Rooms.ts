/** Bytes at the beginning of a room; the first word of them tells whether it is in use. */
const headBytes = 8
/** Rooms are larger than what they are made for, as the next that is put there may be. */
const spare = 1.25

/**
 * Memory in which a thread hands over what it has encoded. It is used again as soon as that has been written: new memory for
 * each would be taken from the system, page by page, and a collector would have to find what became of it.
 */
export class Rooms {
  private readonly rooms: Array<SharedArrayBuffer> = []

  /** Memory for so many bytes, until {@link leave} is called for it, in whatever thread. */
  take(bytes: number): Uint8Array {
    const { rooms } = this
    const free = rooms.findIndex((room) => Atomics.load(headOf(room), 0) === 0)
    const place = free < 0 ? rooms.length : free
    // One that is too small is replaced.
    if (place === rooms.length || rooms[place].byteLength < headBytes + bytes) {
      rooms[place] = new SharedArrayBuffer(headBytes + Math.ceil(bytes * spare))
    }
    const room = rooms[place]
    Atomics.store(headOf(room), 0, 1)
    return new Uint8Array(room, headBytes, bytes)
  }
}

/** Says that bytes are done with, wherever they are. */
export const leave = ({ buffer }: Uint8Array): void => {
  if (buffer instanceof SharedArrayBuffer) Atomics.store(headOf(buffer), 0, 0)
}

const headOf = (room: SharedArrayBuffer): Int32Array => new Int32Array(room, 0, 1)
