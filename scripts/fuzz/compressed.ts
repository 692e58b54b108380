import type { Width } from '../../src/core/kind.ts';
import { Instruction } from '../../src/decoder/instruction.ts';
import { decodeRiscv } from '../../src/decoder/riscv.ts';
import { FORMS } from '../../src/isa/row.ts';
import { INVALID, ROWS } from '../../src/isa/table.ts';

/** What an instruction does, as text; targets count from the instruction. */
const keyOf = (i: Instruction, relative: number): string => {
  const { form } = ROWS[i.op] as (typeof ROWS)[number];
  let key = `${i.op}`;
  for (const operand of FORMS[form]) key += `,${operand === 't' ? relative : i[operand as 'a']}`;
  return key;
};

const maps = new Map<Width, ReadonlyMap<string, number>>();

/** All halfwords by what they decode to: the decoder backwards. */
const mapOf = (width: Width): ReadonlyMap<string, number> => {
  let map = maps.get(width);
  if (map === undefined) {
    const made = new Map<string, number>();
    const i = new Instruction();
    for (let half = 0; half < 0x10000; half++) {
      if ((half & 3) === 3) continue;
      decodeRiscv(half, 0, width, 32, i);
      if (i.op !== INVALID) made.set(keyOf(i, i.target | 0), half);
    }
    map = made;
    maps.set(width, map);
  }
  return map;
};

/** The 16-bit form of an instruction at `pc`, if there is one. */
export const compressedOf = (i: Instruction, pc: number, width: Width): number | undefined =>
  mapOf(width).get(keyOf(i, (i.target - pc) | 0));
