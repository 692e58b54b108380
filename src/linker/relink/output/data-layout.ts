import { isRiscboxError } from '../../../core/error.ts';
import { GUARD, type MemoryMap, polkaVmMap, roundUp, standardProgramMap } from '../../../memory/map.ts';
import type { DataKind, DataSection } from '../graph/data-section.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import type { RelinkOptions } from '../options.ts';
import { fail } from './errors.ts';

/** PolkaVM 0.35's linker plans with the largest page, so that the program fits hosts with any page size. */
const LINK_PAGE_SIZE = 0x10000;

/** Stack sizes are multiples of this (PolkaVM 0.35's linker). */
const STACK_UNIT = 4096;

const HEAP_PAGE = 4096;

/**
 * Addresses of 64-bit programs end here: an operand above 2^31 would be extended to a negative number, as would be the
 * high part of an address less than 0x800 below it, which is rounded up.
 */
const LAST_ADDRESS = 2 ** 31 - 0x800;

/** Sections that are stored one after another, and the address of the first. */
export interface DataRegion {
  readonly start: number;
  /** Bytes in memory, from `start` to the end of the last section. */
  readonly size: number;
  readonly sections: readonly DataSection[];
}

export interface DataLayout {
  readonly readOnly: DataRegion;
  readonly readWrite: DataRegion;
  readonly stackSize: number;
  /** First address behind the data that the program may use as it likes. */
  readonly heapBase: number;
  /** JAM standard programs: pages behind the stored read-write data; other containers: 0. */
  readonly heapPages: number;
}

/** Where a section stands among the read-write ones: what is stored first, thread-local data in one piece between. */
const rankOf = ({ kind, isThreadLocal }: DataSection): number =>
  isThreadLocal ? (kind === 'rw' ? 1 : 2) : kind === 'rw' ? 0 : 3;

/** The order of the file otherwise: sorting is stable. */
const inReadWriteOrder = (sections: readonly DataSection[]): readonly DataSection[] =>
  [...sections].sort((a, b) => rankOf(a) - rankOf(b));

/** What the first thread-local section needs, so that the distances from it to the others are those of the file. */
const threadLocalAlignment = (sections: readonly DataSection[]): number =>
  sections.reduce(
    (most, { isThreadLocal, alignment }) => (isThreadLocal ? Math.max(most, alignment) : most),
    1,
  );

/** Sets the sections' addresses, from `start` on; returns where they end. */
const place = (sections: readonly DataSection[], start: number): number => {
  const firstThreadLocal = sections.find(({ isThreadLocal }) => isThreadLocal);
  let address = start;
  for (const section of sections) {
    const alignment = section === firstThreadLocal ? threadLocalAlignment(sections) : section.alignment;
    section.address = roundUp(address, alignment);
    address = section.address + section.size;
  }
  return address;
};

type MapOf = (roDataSize: number, rwDataSize: number) => MemoryMap;

const NO_DATA = new Uint8Array(0);

/** How a container lays out memory. Standard programs get no host arguments here: they lie elsewhere. */
const mapOf =
  (isStandard: boolean, stackSize: number): MapOf =>
  (roDataSize, rwDataSize) => {
    const declared = { roDataSize, rwDataSize, stackSize, roData: NO_DATA, rwData: NO_DATA };
    return isStandard
      ? standardProgramMap(declared, 0, 0)
      : polkaVmMap(declared, { pageSize: LINK_PAGE_SIZE });
  };

const regionStart = (map: MemoryMap, name: 'read-only' | 'read-write'): number =>
  map.regions.find((region) => region.name === name)?.start ?? GUARD;

/**
 * Decides where all reachable data lies: read-only sections in the order of the graph, then the read-write ones, then
 * those that are only zeros. Sets the sections' addresses.
 *
 * @throws RiscboxError `link/memory-map`
 */
export const layOutData = (graph: ProgramGraph, options: RelinkOptions): DataLayout => {
  const stackSize = roundUp(graph.stackSize, STACK_UNIT);
  const isStandard = options.container === 'jam-spi';
  const map = mapOf(isStandard, stackSize);
  const of = (kind: DataKind): DataSection[] =>
    graph.data.filter((section) => section.isReachable && section.kind === kind);
  const roSections = of('ro');
  const rwSections = inReadWriteOrder([...of('rw'), ...of('bss')]);

  const refuse = (roSize: number, rwSize: number, problem: string): Error =>
    fail('link/memory-map', { roSize, rwSize, stackSize, problem });
  const checkedMap = (roSize: number, rwSize: number): MemoryMap => {
    try {
      return map(roSize, rwSize);
    } catch (error) {
      if (isRiscboxError(error)) throw refuse(roSize, rwSize, 'do not fit into the address space');
      throw error;
    }
  };

  const roStart = regionStart(checkedMap(0, 0), 'read-only');
  const roSize = place(roSections, roStart) - roStart;
  const rwStart = regionStart(checkedMap(roSize, 0), 'read-write');
  const rwSize = place(rwSections, rwStart) - rwStart;
  const heapPages = isStandard ? (options.heapPages ?? 0) : 0;
  const finalMap = checkedMap(roSize, roundUp(rwSize, isStandard ? HEAP_PAGE : 1) + heapPages * HEAP_PAGE);
  // What a standard program has behind its data is given as pages; it may use them from the data's end on.
  const heapBase = isStandard ? rwStart + rwSize : finalMap.heap.base;
  if (graph.width === 64 && heapBase > LAST_ADDRESS) {
    throw refuse(roSize, rwSize, 'end above 2 GiB, where 64-bit code cannot address them');
  }
  return {
    readOnly: { start: roStart, size: roSize, sections: roSections },
    readWrite: { start: rwStart, size: rwSize, sections: rwSections },
    stackSize,
    heapBase,
    heapPages,
  };
};
