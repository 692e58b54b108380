import { makeBlob } from '../../../blob/make.ts';
import { Problems } from '../../../core/problems.ts';
import type { Block } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import type { RelinkOptions } from '../options.ts';
import { BlockOrder } from './block-order.ts';
import { layOutData } from './data-layout.ts';
import { dispatchOf } from './dispatch.ts';
import { encodeCode } from './encode.ts';
import { fail } from './errors.ts';
import { imageOf } from './fill-data.ts';
import { numberImports } from './imports.ts';
import { numberJumpTable } from './jump-table.ts';
import { OperandResolver } from './operands.ts';
import type { CodeOrigin, WrittenProgram } from './placement.ts';
import { type Sequence, sequenceOf } from './sequence.ts';
import { standardProgram } from './standard-program.ts';

/** Instructions of one origin that follow each other, joined. */
const originsOf = ({ instructions }: Sequence, offsets: Int32Array): readonly CodeOrigin[] => {
  const origins: CodeOrigin[] = [];
  let first = 0;
  for (let i = 1; i <= instructions.length; i++) {
    const { origin } = instructions[first]!;
    if (instructions[i]?.origin === origin) continue;
    const offset = offsets[first] as number;
    origins.push({ offset, length: (offsets[i] as number) - offset, origin });
    first = i;
  }
  return origins;
};

/**
 * Lays a program out and encodes it: all registers are those of PolkaVM, and what is not reachable is marked. Sets
 * addresses of sections, jump indexes of blocks and numbers of imports. `checkOutput` has accepted the options.
 *
 * @throws RiscboxError `link/*`
 */
export const writeProgram = (graph: ProgramGraph, options: RelinkOptions): WrittenProgram => {
  const isStandard = options.container === 'jam-spi';
  const problems = new Problems();
  const optimises = (options.level ?? 2) > 0;
  const order = new BlockOrder(graph, optimises);
  if (order.written.length === 0) throw fail('link/nothing-reachable', {});
  const sequence = sequenceOf(graph, order, dispatchOf(graph, options, order), optimises);
  const imports = numberImports(sequence.instructions, problems);
  problems.check();
  const layout = layOutData(graph, options);
  const tableBlocks = numberJumpTable(graph);
  const { offsets, code, bitmask } = encodeCode(sequence, graph.kind, new OperandResolver(layout.heapBase));
  const offsetOf = ({ id }: Block): number => offsets[sequence.starts[id] as number] as number;
  const parts = {
    kind: graph.kind,
    roDataSize: layout.readOnly.size,
    rwDataSize: layout.readWrite.size,
    stackSize: layout.stackSize,
    roData: imageOf(layout.readOnly, problems, !optimises),
    rwData: imageOf(layout.readWrite, problems, !optimises),
    jumpTable: tableBlocks.map(offsetOf),
    code,
    bitmask,
  };
  problems.check();
  // In the order of the code; those of one block as they were declared.
  const exports = graph.exports
    .map(({ symbol, block }) => ({ symbol, offset: offsetOf(block) }))
    .sort((a, b) => a.offset - b.offset);
  return {
    blob: isStandard ? standardProgram(parts, layout.heapPages) : makeBlob({ ...parts, imports, exports }),
    origins: originsOf(sequence, offsets),
  };
};
