import { similarName } from '../../../core/similar-name.ts';
import type { Block } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import type { RelinkOptions } from '../options.ts';
import type { Problems } from '../problems.ts';
import type { BlockOrder } from './block-order.ts';
import { fail } from './errors.ts';

const decoder = new TextDecoder();

/**
 * The blocks to which a table of jumps at the beginning of the code leads. Standard programs are entered by code
 * offset, so their first export gets a jump if it is not at the beginning anyway.
 */
export const dispatchOf = (
  { exports }: ProgramGraph,
  { dispatchTable, container }: RelinkOptions,
  order: BlockOrder,
  problems: Problems,
): readonly Block[] => {
  if (dispatchTable !== undefined) {
    const byName = new Map(exports.map(({ symbol, block }) => [decoder.decode(symbol), block]));
    return dispatchTable.flatMap((symbol) => {
      const block = byName.get(symbol);
      if (block !== undefined) return [block];
      const similar = similarName(symbol, byName.keys());
      problems.add(fail('link/dispatch', { symbol, ...(similar === undefined ? {} : { similar }) }));
      return [];
    });
  }
  const first = container === 'jam-spi' ? exports[0]?.block : undefined;
  return first === undefined || order.at(first) === order.written[0] ? [] : [first];
};
