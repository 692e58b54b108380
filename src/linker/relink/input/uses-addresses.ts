import { readUint } from '../../../core/bytes.ts';
import { riscvLength } from '../../../decoder/riscv.ts';
import type { CodeSection } from './link-input.ts';

const AUIPC = 0x17;
const LUI = 0x37;
const OPCODE = 0x7f;

/** True when code makes addresses, which need relocations: whether `lui` makes one or a number, nothing tells. */
export const usesAddresses = ({ bytes }: CodeSection): boolean => {
  for (let at = 0; at + 4 <= bytes.length; ) {
    const half = readUint(bytes, at, 2);
    const opcode = half & OPCODE;
    if (opcode === AUIPC || opcode === LUI) return true;
    at += riscvLength(half);
  }
  return false;
};
