import { fail } from './errors.ts';

/** A range of guest addresses with one kind of access and initial contents. Sizes are whole pages. */
export interface Region {
  readonly name: 'read-only' | 'read-write' | 'stack' | 'aux' | 'arguments' | 'segment';
  readonly start: number;
  /** Accessible bytes at the start of the program. */
  readonly size: number;
  readonly writable: boolean;
  readonly executable: boolean;
  /** First bytes; the rest is zero. A view into the blob. */
  readonly data: Uint8Array;
  /** Where `data` goes, relative to `start` (RISC-V segments need not begin at a page). */
  readonly dataOffset: number;
}

/** Where a program's memory lies. Addresses are unsigned 32-bit numbers, `end`s are exclusive. */
export interface MemoryMap {
  readonly pageSize: number;
  /** Ascending in the rotated address space that begins at `origin`. */
  readonly regions: readonly Region[];
  /** The address that comes first in an instance's buffer; what lies below wraps round to the end. */
  readonly origin: number;
  readonly heap: {
    /** Lowest heap address, not page aligned in PolkaVM programs. */
    readonly base: number;
    /** The heap may not grow beyond this address. */
    readonly limit: number;
  };
  readonly stackPointer: number;
}

/** Largest page, guard size and alignment unit (PolkaVM 0.35 memory map; Gray Paper's zone Z_Z). */
export const GUARD = 0x10000;
/** End of the usable address space. */
export const TOP = 0xffff0000;
/** Code address that returns to the host. */
export const RETURN_TO_HOST = 0xffff0000;
const MINIMUM_PAGE = 0x1000;
/** JAM standard programs: size of the argument zone (Gray Paper 0.7 A.7, Z_I). */
const ARGUMENT_ZONE = 1 << 24;
const NOTHING: Uint8Array = new Uint8Array(0);

/** Regions whose contents come from the host: the guest cannot write them, the host can. */
export const isHostFilled = ({ name }: Region): boolean => name === 'aux' || name === 'arguments';

/** `size` rounded up to a multiple of `unit`, a power of two. Exact up to 2^53. */
export const roundUp = (size: number, unit: number): number => Math.ceil(size / unit) * unit;

export const checkPageSize = (pageSize: number): void => {
  if (!(pageSize >= MINIMUM_PAGE && pageSize <= GUARD && (pageSize & (pageSize - 1)) === 0)) {
    throw fail('memory/page-size', { pageSize });
  }
};

export interface DeclaredMemory {
  readonly roDataSize: number;
  readonly rwDataSize: number;
  readonly stackSize: number;
  readonly roData: Uint8Array;
  readonly rwData: Uint8Array;
}

export interface PolkaVmMapOptions {
  /** Bytes per page, a power of two from 4096 to 65536. Default 4096. */
  readonly pageSize?: number;
  /** Bytes of host-written auxiliary data. Default 0. */
  readonly auxDataSize?: number;
}

const region = (
  name: Region['name'],
  start: number,
  size: number,
  writable: boolean,
  data: Uint8Array = NOTHING,
): Region => ({ name, start, size, writable, executable: false, data, dataOffset: 0 });

/** The memory map of a PolkaVM program (PolkaVM 0.35, map computation). */
export const polkaVmMap = (blob: DeclaredMemory, options: PolkaVmMapOptions = {}): MemoryMap => {
  const pageSize = options.pageSize ?? MINIMUM_PAGE;
  const aux = options.auxDataSize ?? 0;
  checkPageSize(pageSize);
  const { roDataSize: ro, rwDataSize: rw, stackSize: stack } = blob;
  const rwStart = GUARD + roundUp(ro, GUARD) + GUARD;
  const auxStart = TOP - roundUp(aux, GUARD);
  const stackEnd = auxStart - GUARD;
  const lowEnd = rwStart + roundUp(rw, GUARD) + GUARD;
  const highLimit = stackEnd - roundUp(stack, GUARD);
  if (lowEnd > highLimit || auxStart < 0) {
    throw fail('memory/map-too-large', { need: lowEnd + (2 ** 32 - highLimit) });
  }
  const stackSize = roundUp(stack, pageSize);
  const heapBase = rwStart + rw;
  // Maximum heap size: (high limit - low end) + what the read-write region's rounding leaves free.
  const heapLimit = heapBase + (highLimit - lowEnd) + (rwStart + roundUp(rw, GUARD) - heapBase);
  return {
    pageSize,
    origin: stackEnd - stackSize,
    regions: [
      region('stack', stackEnd - stackSize, stackSize, true),
      region('aux', auxStart, roundUp(aux, pageSize), false),
      region('read-only', GUARD, roundUp(ro, pageSize), false, blob.roData),
      region('read-write', rwStart, roundUp(rw, pageSize), true, blob.rwData),
    ],
    heap: { base: heapBase, limit: heapLimit },
    stackPointer: stackEnd,
  };
};

/** The memory map of a JAM standard program (Gray Paper 0.7 A.7); `argumentsSize` bytes are given by the host. */
export const standardProgramMap = (
  blob: DeclaredMemory,
  heapPages: number,
  argumentsSize: number,
): MemoryMap => {
  const { roDataSize: ro, rwDataSize: rw, stackSize: stack } = blob;
  const heapSize = heapPages * MINIMUM_PAGE;
  const need =
    5 * GUARD + roundUp(ro, GUARD) + roundUp(rw + heapSize, GUARD) + roundUp(stack, GUARD) + ARGUMENT_ZONE;
  if (need > 2 ** 32 || argumentsSize > ARGUMENT_ZONE) throw fail('memory/map-too-large', { need });
  const rwStart = 2 * GUARD + roundUp(ro, GUARD);
  const rwSize = roundUp(rw, MINIMUM_PAGE) + heapSize;
  const stackEnd = 2 ** 32 - 2 * GUARD - ARGUMENT_ZONE;
  const stackSize = roundUp(stack, MINIMUM_PAGE);
  return {
    pageSize: MINIMUM_PAGE,
    origin: stackEnd - stackSize,
    regions: [
      region('stack', stackEnd - stackSize, stackSize, true),
      region('arguments', 2 ** 32 - GUARD - ARGUMENT_ZONE, roundUp(argumentsSize, MINIMUM_PAGE), false),
      region('read-only', GUARD, roundUp(ro, MINIMUM_PAGE), false, blob.roData),
      region('read-write', rwStart, rwSize, true, blob.rwData),
    ],
    heap: { base: rwStart + rwSize, limit: stackEnd - roundUp(stack, GUARD) - GUARD },
    stackPointer: stackEnd,
  };
};

export interface Segment {
  readonly address: number;
  readonly memorySize: number;
  readonly data: Uint8Array;
  readonly writable: boolean;
  readonly executable: boolean;
}

/** RISC-V profile: bytes left free below and above the stack, and the default stack. */
const STACK_GAP = GUARD;
export const DEFAULT_STACK_SIZE: number = 1 << 20;

/** Where the heap of a RISC-V profile program ends, for a limit on all of its memory. */
export const riscvHeapLimit = (regions: readonly Region[], heapBase: number, maxMemory: number): number => {
  // What the limit leaves for heap and mappings; segments may lie far apart, so addresses say nothing about it.
  const left = Math.max(0, maxMemory - regions.reduce((sum, r) => sum + r.size, 0));
  return Math.min(TOP, heapBase + left - (left % MINIMUM_PAGE));
};

/**
 * The memory map of a RISC-V profile program: segments where the file wants them, then upward a gap, the stack,
 * a gap, and the heap. Segments that share a page share its access rights.
 */
export const riscvMap = (segments: readonly Segment[], stackSize: number, maxMemory: number): MemoryMap => {
  const regions = segments.map((s): Region => {
    const start = s.address - (s.address % MINIMUM_PAGE);
    return {
      name: 'segment',
      start,
      size: roundUp(s.address + s.memorySize, MINIMUM_PAGE) - start,
      writable: s.writable,
      executable: s.executable,
      data: s.data,
      dataOffset: s.address - start,
    };
  });
  const last = regions.at(-1);
  const origin = regions[0]?.start ?? GUARD;
  const end = last === undefined ? GUARD : last.start + last.size;
  const stackStart = end + STACK_GAP;
  const stackEnd = stackStart + roundUp(stackSize, MINIMUM_PAGE);
  const heapBase = stackEnd + STACK_GAP;
  if (heapBase > TOP) throw fail('memory/map-too-large', { need: heapBase });
  regions.push(region('stack', stackStart, stackEnd - stackStart, true));
  return {
    pageSize: MINIMUM_PAGE,
    origin,
    regions,
    heap: { base: heapBase, limit: riscvHeapLimit(regions, heapBase, maxMemory) },
    stackPointer: stackEnd,
  };
};
