/**
 * One decoded instruction, reused by its owner so that decoding allocates nothing.
 *
 * Which operand fields mean something follows from the row's form (isa/row.ts); the others are left over from
 * the instruction before.
 */
export class Instruction {
  /** Operation number: index into ROWS, or INVALID. */
  op = 0;
  /** Register numbers: 0…12 in PolkaVM kinds, 0…31 in the RISC-V profile (0 reads as zero). */
  a = 0;
  b = 0;
  c = 0;
  /** Immediates, signed 32-bit. */
  x = 0;
  y = 0;
  /** Jump target: code offset or guest address, unsigned 32-bit. */
  target = 0;
  /** Bytes to the following instruction. */
  length = 0;
  /** PolkaVM: no instruction starts at `length`, so control that gets there meets an implicit invalid instruction. */
  isLast = false;
}
