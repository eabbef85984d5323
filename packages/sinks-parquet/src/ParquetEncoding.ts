import type { Encoding, GroupedEncoding } from "@sojourn/core"
import type { RecordBatch, Schema } from "apache-arrow"
import { concatBytes } from "./concatBytes.ts"
import { JoinedGroups } from "./Footer.ts"
import { type Compression, writeGroup } from "./GroupWriter.ts"
import { RowGroups } from "./RowGroups.ts"

/** A Parquet file as it is written, a row group at a time. */
export class ParquetEncoding implements Encoding {
  readonly groups: GroupedEncoding
  private readonly rows: RowGroups
  private readonly file = new JoinedGroups()
  private readonly compression: Compression

  constructor(schema: Schema, compression: Compression, groupRows: number) {
    this.compression = compression
    this.rows = new RowGroups(schema, groupRows)
    this.groups = {
      add: (batch) => this.rows.add(batch),
      rest: () => this.rows.rest(),
      place: (packed) => this.file.add(packed)
    }
  }

  begin(): Uint8Array {
    return this.file.begin()
  }

  encode(batch: RecordBatch): Uint8Array {
    return this.placed(this.groups.add(batch))
  }

  end(): Uint8Array {
    return concatBytes([this.placed(this.groups.rest()), this.file.end()])
  }

  private placed(groups: ReadonlyArray<Uint8Array>): Uint8Array {
    return concatBytes(groups.map((group) => this.file.add(writeGroup(this.compression, group))))
  }
}
