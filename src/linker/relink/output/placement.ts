import type { Blob } from '../../../blob/blob.ts';

/** Which code of the blob was made from which instruction of the file. */
export interface CodeOrigin {
  /** Code offset and length in bytes. */
  readonly offset: number;
  readonly length: number;
  /** ELF address, or -1 for what the linker invented. */
  readonly origin: number;
}

/** A written program, without debug sections. */
export interface WrittenProgram {
  readonly blob: Blob;
  /** Ascending by offset; instructions of one origin that follow each other are joined. */
  readonly origins: readonly CodeOrigin[];
}
