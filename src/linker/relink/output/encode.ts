import { MAX_CODE_LENGTH } from '../../../blob/limits.ts';
import type { PolkaVmKind } from '../../../core/kind.ts';
import { encodePolkaVm, immediateSize, MAX_ENCODED_LENGTH } from '../../../decoder/encode-polkavm.ts';
import { fail } from './errors.ts';
import type { OperandResolver } from './operands.ts';
import { type CodeLayout, relax } from './relax.ts';
import type { Sequence } from './sequence.ts';

export interface EncodedCode {
  readonly code: Uint8Array;
  readonly bitmask: Uint8Array;
  /** By position in the sequence: the code offset; behind the last the length of the code. */
  readonly offsets: Int32Array;
}

/** Bytes of each instruction without the distance to its target. */
const lengthsOf = (sequence: Sequence, kind: PolkaVmKind, operands: OperandResolver): Uint8Array => {
  const scratch = new Uint8Array(MAX_ENCODED_LENGTH);
  const lengths = new Uint8Array(sequence.instructions.length);
  for (let i = 0; i < lengths.length; i++) {
    const resolved = operands.resolve(sequence.instructions[i]!);
    // A distance of 0 takes no bytes.
    resolved.target = 0;
    lengths[i] = encodePolkaVm(resolved, kind, 0, scratch, 0);
  }
  return lengths;
};

/** Bytes that the encoder gives a distance, which is the last operand, more than it needs. */
const widenDistance = (code: Uint8Array, end: number, distance: number, size: number): void => {
  for (let k = 0; k < size; k++) code[end - size + k] = distance >> (8 * k);
};

const write = (
  { instructions, targets }: Sequence,
  { offsets, distanceSizes }: CodeLayout,
  kind: PolkaVmKind,
  operands: OperandResolver,
): EncodedCode => {
  const length = offsets[instructions.length] as number;
  const code = new Uint8Array(length + MAX_ENCODED_LENGTH);
  const bitmask = new Uint8Array(Math.ceil(length / 8));
  for (let position = 0; position < instructions.length; position++) {
    const offset = offsets[position] as number;
    const target = targets[position] as number;
    const resolved = operands.resolve(instructions[position]!);
    resolved.target = target < 0 ? 0 : (offsets[target] as number);
    encodePolkaVm(resolved, kind, offset, code, offset);
    const distance = resolved.target - offset;
    const size = distanceSizes[position] as number;
    if (target >= 0 && immediateSize(distance) !== size) {
      widenDistance(code, offsets[position + 1] as number, distance, size);
    }
    bitmask[offset >>> 3] = (bitmask[offset >>> 3] as number) | (1 << (offset & 7));
  }
  return { code: code.subarray(0, length), bitmask, offsets };
};

/**
 * The bytes of the code, with the shortest immediates.
 *
 * @throws RiscboxError `link/code-too-long`
 */
export const encodeCode = (sequence: Sequence, kind: PolkaVmKind, operands: OperandResolver): EncodedCode => {
  const layout = relax(sequence, lengthsOf(sequence, kind, operands));
  const length = layout.offsets[sequence.instructions.length] as number;
  if (length > MAX_CODE_LENGTH) throw fail('link/code-too-long', { length, limit: MAX_CODE_LENGTH });
  return write(sequence, layout, kind, operands);
};
