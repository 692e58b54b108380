import fc from 'fast-check';
import { isRiscboxError } from '../../src/core/error.ts';
import type { FlatMemory } from '../../src/memory/flat-memory.ts';
import type { GuestMemory } from '../../src/memory/guest-memory.ts';
import type { PagedMemory, Protection } from '../../src/memory/paged-memory.ts';

/** One step on a memory; gives what can be seen of it. */
export interface Step<M> {
  readonly name: string;
  run(memory: M): unknown;
}

/** What a step gives, or the code of the error that it throws. */
const outcome = <M>(step: Step<M>, memory: M): unknown => {
  try {
    return step.run(memory);
  } catch (error) {
    if (isRiscboxError(error)) return error.code;
    throw error;
  }
};

/** Everything that an engine or a host can see without an address. */
const surface = (memory: GuestMemory): unknown => ({
  accessible: memory.accessible,
  heapEnd: memory.heapEnd,
  reservation: memory.reservation,
  registers: memory.registers.join(),
});

export const observe = <M extends GuestMemory>(step: Step<M>, memory: M): unknown => [
  step.name,
  outcome(step, memory),
  surface(memory),
];

/** Addresses near the places where something begins or ends in a map. */
export const addresses = ({ map }: GuestMemory): fc.Arbitrary<number> => {
  const { regions, heap, origin } = map;
  const edges = [
    ...regions.flatMap(({ start, size }) => [start, start + size]),
    heap.base,
    heap.base + 0x10000,
    heap.limit,
    origin,
    0,
    2 ** 32,
  ];
  return fc
    .tuple(
      fc.constantFrom(...edges),
      fc.oneof(fc.integer({ min: -16, max: 16 }), fc.integer({ min: -9000, max: 70000 })),
    )
    .map(([edge, by]) => (edge + by) >>> 0);
};

const step = <M, A>(
  name: string,
  argument: fc.Arbitrary<A>,
  run: (memory: M, argument: A) => unknown,
): fc.Arbitrary<Step<M>> =>
  argument.map((a) => ({ name: `${name} ${JSON.stringify(a)}`, run: (memory) => run(memory, a) }));

/** Bytes in a form that compares fast. */
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

const sizes = fc.constantFrom(1, 2, 4, 8);
const words = fc.integer();
const accessed = (memory: GuestMemory, done: boolean): unknown =>
  done ? [memory.low, memory.high] : { ...memory.fault };

const commonSteps = (at: fc.Arbitrary<number>): fc.Arbitrary<Step<GuestMemory>>[] => [
  step('load', fc.tuple(at, sizes), (m, [a, size]) => accessed(m, m.load(a, size))),
  step('store', fc.tuple(at, sizes, words, words), (m, [a, size, low, high]) =>
    m.store(a, size, low, high) ? true : { ...m.fault },
  ),
  step('loadForUpdate', fc.tuple(at, sizes), (m, [a, size]) => accessed(m, m.loadForUpdate(a, size))),
  step('fill', fc.tuple(at, fc.nat(255), fc.nat(9000)), (m, [a, value, count]) => [
    m.fill(a, value, count),
    m.fault.address,
  ]),
  step('read', fc.tuple(at, fc.nat(5000)), (m, [a, length]) => text(m.read(a, length))),
  step('write', fc.tuple(at, fc.uint8Array({ maxLength: 64 })), (m, [a, bytes]) => m.write(a, bytes)),
  step('write page', fc.tuple(at, fc.integer({ min: 1, max: 255 })), (m, [a, value]) =>
    m.write(a, new Uint8Array(4096).fill(value)),
  ),
  step('isAccessible', fc.tuple(at, fc.nat(9000), fc.boolean()), (m, [a, length, writable]) =>
    m.isAccessible(a, length, writable),
  ),
  step('reserve', fc.option(at, { nil: -1 }), (m, a) => {
    m.reservation = a;
  }),
  step('register', fc.tuple(fc.nat(67), words), (m, [cell, value]) => {
    m.registers[cell] = value;
  }),
  step('reset', fc.constant(0), (m) => m.reset()),
];

const page = (a: number, unit: number): number => a - (a % unit);

export const flatSteps = (memory: FlatMemory): fc.Arbitrary<Step<FlatMemory>> => {
  const at = addresses(memory);
  const range = fc.tuple(at, fc.nat(20));
  return fc.oneof(
    ...commonSteps(at),
    step('growHeap', fc.oneof(fc.nat(9000), fc.nat(300_000)), (m: FlatMemory, bytes) => m.growHeap(bytes)),
    step('mapPages', range, (m: FlatMemory, [a, pages]) => m.mapPages(page(a, 4096), pages * 4096)),
    step('unmapPages', range, (m: FlatMemory, [a, pages]) => m.unmapPages(page(a, 4096), pages * 4096)),
    step('view', fc.tuple(at, fc.nat(5000)), (m: FlatMemory, [a, length]) => text(m.view(a, length))),
    step('host region', fc.tuple(fc.nat(20_000), fc.boolean()), (m: FlatMemory, [size, locked]) => {
      m.hostWriteProtected = locked;
      m.setHostRegionSize(size);
    }),
  );
};

export const pagedSteps = (memory: PagedMemory): fc.Arbitrary<Step<PagedMemory>> => {
  const at = addresses(memory);
  const unit = memory.map.pageSize;
  const protection = fc.constantFrom<Protection>('read', 'read-write');
  const map = step(
    'zeroWithProtection',
    fc.tuple(at, fc.nat(200_000), protection),
    (m: PagedMemory, [a, length, p]) => m.zeroWithProtection(page(a, unit), length, p),
  );
  return fc.oneof(
    ...commonSteps(at),
    map,
    map,
    step('protect', fc.tuple(at, fc.nat(9000), protection), (m: PagedMemory, [a, length, p]) =>
      m.protect(a, length, p),
    ),
    step('freePages', fc.tuple(at, fc.nat(9000)), (m: PagedMemory, [a, length]) =>
      m.freePages(page(a, unit), length),
    ),
  );
};
