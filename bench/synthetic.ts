/** Programs of any size for measuring translation: many small functions with loops, branches and memory accesses. */
import { A0, A1, A2, A3, assemble, type Line, RA, RETURN, S0, SP } from '../test/vm/assemble.ts';

/** Instructions of a function, and of its call. */
const FUNCTION = 50;
const CALL = 1;

/** `seed` makes constants differ: V8 keeps translated modules by their bytes. */
const functionLines = (i: number, seed: number): Line[] => {
  const lines: Line[] = [
    `f${i}`,
    ['add_imm_64', { a: SP, b: SP, x: -32 }],
    ['store_indirect_u64', { a: RA, b: SP, x: 24 }],
    ['load_imm', { a: A1, x: 2 + (i & 1) }],
    ['load_imm', { a: A2, x: (seed * 7919 + i * 104_729) & 0x7fff_ffff }],
    ['fallthrough'],
    `loop${i}`,
    ['load_indirect_u32', { a: A3, b: SP, x: 8 }],
    ['add_64', { a: A3, b: A3, c: A2 }],
    ['store_indirect_u32', { a: A3, b: SP, x: 8 }],
    ['branch_greater_unsigned_imm', { a: A3, x: 0x4000_0000, to: `odd${i}` }],
  ];
  const straight: Line[] = [
    ['add_64', { a: A0, b: A0, c: A3 }],
    ['xor', { a: A2, b: A2, c: A0 }],
    ['shift_logical_left_imm_32', { a: A3, b: A2, x: 5 }],
    ['add_imm_32', { a: A0, b: A0, x: 77 + (i & 63) }],
    ['mul_32', { a: A3, b: A3, c: A0 }],
    ['store_indirect_u8', { a: A3, b: SP, x: 16 }],
    ['load_indirect_u8', { a: A3, b: SP, x: 16 }],
    ['sub_64', { a: A0, b: A0, c: A3 }],
  ];
  lines.push(...straight, ['fallthrough'], `odd${i}`, ...straight, ...straight, ...straight);
  lines.push(['add_imm_64', { a: A1, b: A1, x: -1 }], ['branch_not_eq_imm', { a: A1, x: 0, to: `loop${i}` }]);
  lines.push(
    `end${i}`,
    ['load_indirect_u64', { a: RA, b: SP, x: 24 }],
    ['add_imm_64', { a: SP, b: SP, x: 32 }],
    RETURN,
  );
  return lines;
};

/** How many functions the entry function calls at most: beyond that there is a second level. */
const CALLS_PER_FUNCTION = 200;

const callerLines = (name: string, callees: readonly string[], jumpTable: string[]): Line[] => {
  const lines: Line[] = [
    name,
    ['add_imm_64', { a: SP, b: SP, x: -16 }],
    ['store_indirect_u64', { a: RA, b: SP, x: 8 }],
  ];
  for (const callee of callees) {
    const after = `${name}-${callee}`;
    jumpTable.push(after);
    // Code address of entry i of a jump table: 2 * (i + 1).
    lines.push(['load_imm_and_jump', { a: RA, x: 2 * jumpTable.length, to: callee }], after);
  }
  lines.push(['load_indirect_u64', { a: RA, b: SP, x: 8 }], ['add_imm_64', { a: SP, b: SP, x: 16 }], RETURN);
  return lines;
};

/** A 64-bit PolkaVM program of about this many instructions, whose export `work` calls all its functions once. */
export const syntheticProgram = (instructions: number, seed = 1): Uint8Array => {
  const count = Math.max(1, Math.round(instructions / (FUNCTION + CALL)));
  const code: Line[] = [];
  const jumpTable: string[] = [];
  const groups: string[] = [];
  for (let from = 0; from < count; from += CALLS_PER_FUNCTION) {
    const size = Math.min(CALLS_PER_FUNCTION, count - from);
    const callees = Array.from({ length: size }, (_, k) => `f${from + k}`);
    groups.push(`group${from}`);
    code.push(...callerLines(`group${from}`, callees, jumpTable));
    for (let k = 0; k < size; k++) code.push(...functionLines(from + k, seed));
  }
  code.push(...callerLines('work', groups, jumpTable));
  return assemble({ exports: ['work'], code, jumpTable, stackSize: 8192 });
};

/** `work(n)` calls its host n times. */
export const callLoop = (): Uint8Array =>
  assemble({
    imports: ['host'],
    exports: ['work'],
    code: [
      'work',
      ['move_reg', { a: S0, b: A0 }],
      ['jump', { to: 'loop' }],
      'loop',
      ['ecalli', { x: 0 }],
      ['add_imm_64', { a: S0, b: S0, x: -1 }],
      ['branch_not_eq_imm', { a: S0, x: 0, to: 'loop' }],
      'end',
      RETURN,
    ],
  });
