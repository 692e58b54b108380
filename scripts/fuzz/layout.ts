import type { Blob } from '../../src/blob/blob.ts';
import { type BlobInit, makeBlob } from '../../src/blob/make.ts';
import { isRiscvKind, type Kind } from '../../src/core/kind.ts';
import { type MemoryMap, polkaVmMap, riscvMap, standardProgramMap } from '../../src/memory/map.ts';

/** A segment of a RISC-V program; the one that is executable holds the code. */
export interface SegmentLayout {
  readonly address: number;
  readonly size: number;
  readonly writable: boolean;
  readonly executable: boolean;
}

/** Where a program's memory lies: what of a blob and of the module options the memory map follows from. */
export interface Layout {
  readonly container: 'polkavm' | 'jam-spi' | 'jam-raw' | 'riscv';
  /** PolkaVM: declared bytes of read-only and read-write data. */
  readonly ro: number;
  readonly rw: number;
  readonly stack: number;
  /** JAM standard programs: pages of heap at the start. */
  readonly heapPages: number;
  /** JAM standard programs: argument bytes. */
  readonly argumentsSize: number;
  /** PolkaVM blobs: bytes that only the host writes. */
  readonly aux: number;
  readonly pageSize: number;
  /** RISC-V: 16 registers. */
  readonly embedded: boolean;
  readonly segments: readonly SegmentLayout[];
}

/** Code and data of a program, assembled. */
export interface Image {
  readonly kind: Kind;
  readonly layout: Layout;
  readonly code: Uint8Array;
  /** PolkaVM: which bytes of the code begin an instruction. */
  readonly bitmask: Uint8Array;
  /** PolkaVM: code offsets of the jump table. */
  readonly jumps: readonly number[];
  /** RISC-V: block starts that the sweep does not imply. */
  readonly extraStarts: readonly number[];
  /** PolkaVM: read-only and read-write data; RISC-V: contents per segment, that of the code being empty. */
  readonly data: readonly Uint8Array[];
}

const NOTHING = new Uint8Array(0);

export const codeSegment = ({ segments }: Layout): SegmentLayout =>
  segments.find((s) => s.executable) as SegmentLayout;

/** Where the first byte of the code has its program counter. */
export const codeBase = (layout: Layout): number =>
  layout.container === 'riscv' ? codeSegment(layout).address : 0;

/** The memory map before there is any code; the module's own map is the same. */
export const mapOf = (layout: Layout, maxMemory: number): MemoryMap => {
  const { ro, rw, stack, pageSize, aux } = layout;
  if (layout.container === 'riscv') {
    const segments = layout.segments.map(({ address, size, writable, executable }) => ({
      address,
      memorySize: size,
      data: NOTHING,
      writable,
      executable,
    }));
    return riscvMap(segments, stack, maxMemory);
  }
  const declared = { roDataSize: ro, rwDataSize: rw, stackSize: stack, roData: NOTHING, rwData: NOTHING };
  return layout.container === 'jam-spi'
    ? standardProgramMap(declared, layout.heapPages, layout.argumentsSize)
    : polkaVmMap(declared, { pageSize, auxDataSize: aux });
};

/** The blob of an image. Throws blob/…. */
export const blobOf = ({ kind, layout, code, bitmask, jumps, extraStarts, data }: Image): Blob => {
  if (isRiscvKind(kind)) {
    const segments = layout.segments.map(({ address, size, writable, executable }, i) => ({
      address,
      memorySize: size,
      data: executable ? code : (data[i] as Uint8Array),
      readable: true,
      writable,
      executable,
    }));
    const { address: entry } = codeSegment(layout);
    return makeBlob({
      kind,
      stackSize: layout.stack,
      riscv: { embedded: layout.embedded, entry, segments, extraStarts },
    });
  }
  const program: BlobInit = { kind, container: layout.container, code, bitmask, jumpTable: jumps };
  if (layout.container === 'jam-raw') return makeBlob(program);
  const [roData = NOTHING, rwData = NOTHING] = data;
  const memory = { roDataSize: layout.ro, rwDataSize: layout.rw, stackSize: layout.stack, roData, rwData };
  if (layout.container === 'polkavm') return makeBlob({ ...program, ...memory });
  // That form declares no sizes: its data are as long as they are.
  const whole = { roData: padded(roData, layout.ro), rwData: padded(rwData, layout.rw) };
  return makeBlob({ ...program, ...memory, ...whole, spi: { heapPages: layout.heapPages } });
};

const padded = (bytes: Uint8Array, size: number): Uint8Array => {
  const out = new Uint8Array(size);
  out.set(bytes);
  return out;
};
