import { GUARD, TOP } from '../../../src/memory/map.ts';
import { randomLine } from '../operands.ts';
import type { FunctionWriter } from './function-writer.ts';
import { accessSize, walkOver } from './loops.ts';
import { rareOperation } from './statements.ts';

/** Where memory begins and ends: of the regions, of the heap, of the address space. */
const bordersOf = (w: FunctionWriter): readonly number[] => {
  const { map } = w.target;
  const { base } = map.heap;
  const regions = map.regions.flatMap(({ start, size }) => (size > 0 ? [start, start + size] : []));
  const heap = [base, Math.ceil(base / map.pageSize) * map.pageSize];
  const inside = map.regions.filter(({ size }) => size > 4096).map(({ start }) => start + 4096);
  return [...regions, ...regions, ...regions, ...heap, ...inside, 0, 2 ** 32, GUARD, TOP];
};

/** Grows the heap and gives the border behind it. */
const grownHeap = (w: FunctionWriter): number | undefined => {
  const { builder: b, random, target } = w;
  const sbrk = target.withEffect('custom').find(({ row }) => row.name.startsWith('sbrk'));
  if (sbrk === undefined) return undefined;
  const [result, size] = w.scratches(2) as [number, number];
  const bytes = random.pick([1, 100, 4095, 4096, 4097, 10000, 65536, 70000]);
  b.constant(size, bytes);
  b.add({ ...randomLine(random, target, sbrk, { written: [result], read: [size] }) });
  const end = target.map.heap.base + bytes;
  return random.chance(0.3) ? end : Math.ceil(end / target.map.pageSize) * target.map.pageSize;
};

/** Accesses at a border of memory: single ones, or a loop that walks over it. Usually the program's last deed. */
export const edge = (w: FunctionWriter): void => {
  const { random } = w;
  const border = (random.chance(0.25) ? grownHeap(w) : undefined) ?? random.pick(bordersOf(w));
  const choice = random.below(10);
  if (choice < 5) walkOver(w, border);
  else if (choice < 9) singles(w, border);
  else special(w, border);
};

/** Accesses whose last byte lies up to three elements before the border or up to two behind it. */
const singles = (w: FunctionWriter, border: number): void => {
  const { builder: b, random, target } = w;
  const operations = target.withEffect('load', 'store');
  const [base, value] = w.scratches(2) as [number, number];
  for (let n = random.range(1, 4); n > 0; n--) {
    const operation = random.pick(operations);
    const { effect } = operation.row;
    if (effect.kind !== 'load' && effect.kind !== 'store') continue;
    const { size } = effect;
    // The inner ones first and more often, so that more than the first is reached.
    const elements = random.pick([-3, -2, -1, 0, 0, 0, 1, 2]);
    const shift = random.chance(0.75) ? 0 : random.range(-size + 1, size - 1);
    const address = border + (elements - 1) * size + shift;
    const offset = random.pick([0, 0, size, -size, 2047, -2048, 100]);
    const line = randomLine(random, target, operation, { written: [value], read: [value] });
    if (effect.base === undefined) b.add({ ...line, x: address | 0 });
    else {
      b.constant(base, (address - offset) | 0);
      b.add({ ...line, [effect.base]: base, x: offset });
    }
  }
};

/** A memset or atomic operation at a border. */
const special = (w: FunctionWriter, border: number): void => {
  const { builder: b, random, target } = w;
  const [to, value, count] = target.roles.arguments as readonly [number, number, number];
  if (target.has('memset')) {
    const length = random.pick([1, 16, 300, 5000]);
    b.constant(to, (border - random.range(0, length + 2)) | 0);
    b.constant(value, random.word());
    b.constant(count, length);
    b.emit('memset');
    return;
  }
  const atomics = target.withEffect('atomic', 'load-reserved', 'store-conditional');
  if (atomics.length === 0) {
    singles(w, border);
    return;
  }
  rareOperation(w, random.pick(atomics));
  const operation = random.pick(atomics);
  const line = randomLine(random, target, operation, { written: [value], read: [value] });
  b.constant(to, (border - random.pick([0, 4, 8, 8, 8, 12, 16, accessSize(w)])) | 0);
  b.add({ ...line, b: to });
};
