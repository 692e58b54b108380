import { fail } from './map-errors.ts';
import { GUARD, type MemoryMap, type Region, riscvHeapLimit, roundUp, TOP } from './region.ts';

export { GUARD, isHostFilled, type MemoryMap, RETURN_TO_HOST, type Region, roundUp, TOP } from './region.ts';

const MINIMUM_PAGE = 0x1000;
/** JAM standard programs: size of the argument zone (Gray Paper 0.7 A.7, Z_I). */
const ARGUMENT_ZONE = 1 << 24;
const NOTHING: Uint8Array = new Uint8Array(0);

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
