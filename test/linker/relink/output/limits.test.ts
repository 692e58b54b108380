import { expect, test } from 'vitest';
import { MAX_CODE_LENGTH, MAX_JUMP_TABLE_ENTRIES } from '../../../../src/blob/limits.ts';
import { operation } from '../../../../src/isa/table.ts';
import { Block } from '../../../../src/linker/relink/graph/block.ts';
import type { ProgramGraph } from '../../../../src/linker/relink/graph/graph.ts';
import { GraphInstruction } from '../../../../src/linker/relink/graph/instruction.ts';
import { encodeCode } from '../../../../src/linker/relink/output/encode.ts';
import { numberJumpTable } from '../../../../src/linker/relink/output/jump-table.ts';
import { OperandResolver } from '../../../../src/linker/relink/output/operands.ts';

const LOAD = new GraphInstruction(operation('load_imm64'), 0, 10, 0, 0, -2, 1);
/** Opcode, register, and 8 bytes. */
const LOAD_LENGTH = 10;

test('code has a limit', () => {
  const count = Math.floor(MAX_CODE_LENGTH / LOAD_LENGTH) + 1;
  const sequence = {
    instructions: new Array<GraphInstruction>(count).fill(LOAD),
    starts: new Int32Array(1),
    targets: new Int32Array(count).fill(-1),
    paddedJumps: 0,
  };
  expect(() => encodeCode(sequence, 'latest64', new OperandResolver(0))).toThrow(
    expect.objectContaining({
      code: 'link/code-too-long',
      detail: { length: count * LOAD_LENGTH, limit: MAX_CODE_LENGTH },
    }),
  );
});

test('the jump table has a limit', () => {
  const block = new Block(0, 0, { kind: 'trap', origin: 0 });
  block.isAddressTaken = true;
  const blocks = new Array<Block>(MAX_JUMP_TABLE_ENTRIES + 1).fill(block);
  expect(() => numberJumpTable({ blocks } as unknown as ProgramGraph)).toThrow(
    expect.objectContaining({
      code: 'link/jump-table',
      message: expect.stringContaining('split the program'),
    }),
  );
});
