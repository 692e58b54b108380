import { type Block, successorsOf } from '../graph/block.ts';

/** Deeper loops count like this many: what looks deeper is rarely more than jumps between functions. */
const DEEPEST = 4;

/** By block id: in how many loops a block is, told from jumps that go backwards in the order of blocks. */
export const loopDepths = (blocks: readonly Block[], count: number): Uint8Array => {
  const changes = new Int32Array(count + 1);
  for (const { id, end, isReachable } of blocks) {
    if (!isReachable || end.kind === 'call') continue;
    for (const target of successorsOf(end)) {
      if (target.id > id) continue;
      changes[target.id] = (changes[target.id] as number) + 1;
      changes[id + 1] = (changes[id + 1] as number) - 1;
    }
  }
  let depth = 0;
  return Uint8Array.from({ length: count }, (_, id) => {
    depth += changes[id] as number;
    return Math.min(depth, DEEPEST);
  });
};
