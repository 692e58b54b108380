import type { Stop } from '../../src/core/stop.ts';
import { abiOf } from '../../src/vm/abi.ts';
import type { Side } from './side.ts';

export interface Difference {
  /** Number of the stop, from 0. */
  readonly stop: number;
  /** What differs, on one line or several. */
  readonly what: string;
}

/** A stop with all its fields, in an order of ours. */
export const stopText = (stop: Stop): string => {
  const fields = Object.entries(stop)
    .filter(([name, value]) => name !== 'kind' && value !== undefined)
    .sort(([p], [q]) => (p < q ? -1 : 1))
    .map(([name, value]) => ` ${name}=${typeof value === 'number' ? `0x${value.toString(16)}` : value}`);
  return `${stop.kind}${fields.join('')}`;
};

interface Seen {
  readonly stop: string;
  readonly side: Side;
}

/** What differs between two sides, expected and found. */
export const describeDifference = (index: number, want: Seen, got: Seen): Difference => {
  const lines: string[] = [];
  const differ = (name: string, p: unknown, q: unknown): void => {
    if (p !== q) lines.push(`${name}: expected ${show(p)}, found ${show(q)}`);
  };
  differ('stop', want.stop, got.stop);
  const [p, q] = [want.side.execution, got.side.execution];
  for (const field of ['pc', 'nextPc', 'gas', 'executed'] as const) differ(field, p[field], q[field]);
  const { names } = abiOf(want.side.module.program);
  for (let r = 0; r < p.registerCount; r++) differ(names[r] as string, p.getRegister(r), q.getRegister(r));
  for (const flag of ['paid', 'announced'] as const) differ(flag, p.state[flag], q.state[flag]);
  const [m, n] = [want.side.memory, got.side.memory];
  differ('heap end', m.heapEnd, n.heapEnd);
  differ('accessible bytes', m.accessible, n.accessible);
  differ('reservation', m.reservation, n.reservation);
  lines.push(...memoryDifferences(want.side, got.side));
  if (lines.length === 0) lines.push('the snapshots differ');
  return { stop: index, what: lines.join('\n') };
};

const show = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'bigint' ? `0x${value.toString(16)}` : String(value);

const SHOWN_BYTES = 4;

const memoryDifferences = (want: Side, got: Side): string[] => {
  const lines: string[] = [];
  const saved = want.memory.save().ranges.map((range) => ({ ...range }));
  for (const { address, size } of saved) {
    if (!got.memory.isAccessible(address, size, false)) {
      lines.push(`memory at ${show(address)}: expected to be accessible, is not`);
      continue;
    }
    const [p, q] = [want.memory.read(address, size), got.memory.read(address, size)];
    for (let i = 0; i < size && lines.length < SHOWN_BYTES; i++) {
      if (p[i] !== q[i])
        lines.push(`byte at ${show(address + i)}: expected ${show(p[i])}, found ${show(q[i])}`);
    }
  }
  return lines;
};
