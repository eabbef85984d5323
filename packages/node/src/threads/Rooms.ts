/** Words before the bytes of a room: whether they are in use. */
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
    let room = rooms.at(free)
    if (free < 0 || room === undefined || room.byteLength < bytes + headBytes) {
      room = new SharedArrayBuffer(headBytes + Math.ceil(bytes * spare))
      // In the place of one that is too small.
      if (free < 0) rooms.push(room)
      else rooms[free] = room
    }
    Atomics.store(headOf(room), 0, 1)
    return new Uint8Array(room, headBytes, bytes)
  }
}

/** Says that bytes are done with, wherever they are. */
export const leave = ({ buffer }: Uint8Array): void => {
  if (buffer instanceof SharedArrayBuffer) Atomics.store(headOf(buffer), 0, 0)
}

const headOf = (room: SharedArrayBuffer): Int32Array => new Int32Array(room, 0, 1)
