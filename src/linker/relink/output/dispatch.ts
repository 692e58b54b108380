import type { Block } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import type { RelinkOptions } from '../options.ts';
import type { BlockOrder } from './block-order.ts';

const decoder = new TextDecoder();

/** Exported blocks by name. */
export const exportsByName = ({ exports }: ProgramGraph): ReadonlyMap<string, Block> =>
  new Map(exports.map(({ symbol, block }) => [decoder.decode(symbol), block]));

/**
 * The blocks to which a table of jumps at the beginning of the code leads. Standard programs are entered by code
 * offset, so their first export gets a jump if it is not at the beginning anyway. All names are those of exports
 * (`checkOutput`).
 */
export const dispatchOf = (
  graph: ProgramGraph,
  { dispatchTable, container }: RelinkOptions,
  order: BlockOrder,
): readonly Block[] => {
  if (dispatchTable !== undefined) {
    const blocks = exportsByName(graph);
    return dispatchTable.map((name) => blocks.get(name) as Block);
  }
  const first = container === 'jam-spi' ? graph.exports[0]?.block : undefined;
  return first === undefined || order.at(first) === order.written[0] ? [] : [first];
};
