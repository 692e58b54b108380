import type { Width } from '../core/kind.ts';

/**
 * What the Linux personality needs of a running guest, and nothing more: any engine that can answer these can
 * run stock programs. Register numbers are RISC-V's (x0 to x31), whatever the engine calls them.
 */
export interface LinuxGuest {
  /** Register width in bits; decides every struct layout. */
  readonly width: Width;
  /** RV32E and RV64E programs have no a7 and pass the system call number in t0. */
  readonly embedded: boolean;
  /** The register as an unsigned value of the guest's width. */
  getRegister(index: number): bigint;
  /** Sets the register; values are taken modulo the guest's width. */
  setRegister(index: number, value: bigint): void;
  readonly memory: LinuxMemory;
  readonly layout: LinuxLayout;
  readonly program: LinuxImage;
  /** Instructions executed so far; drives the virtual clock. */
  instructions(): bigint;
}

/** Guest memory. Ranges are checked by the personality before `read`, `write` and `release` are called. */
export interface LinuxMemory {
  /** True if all of `[address, address + length)` can be read. Never throws, for any two numbers. */
  readable(address: number, length: number): boolean;
  /** True if all of `[address, address + length)` can be written by the guest. Never throws. */
  writable(address: number, length: number): boolean;
  /** A copy. */
  read(address: number, length: number): Uint8Array;
  write(address: number, bytes: Uint8Array): void;
  /**
   * Makes whole pages of the heap and mapping area readable and writable, filled with zeros.
   * False means that the memory can't be had (the guest sees ENOMEM).
   */
  commit(address: number, length: number): boolean;
  /** Gives whole pages back: their contents are lost, and the next `commit` finds zeros. */
  release(address: number, length: number): void;
}

/** Where the parts of the address space that the personality manages lie. Ends are exclusive. */
export interface LinuxLayout {
  readonly stackStart: number;
  /** The initial stack is built downwards from here. */
  readonly stackEnd: number;
  /** `brk` grows upwards from here. A multiple of the page size. */
  readonly heapStart: number;
  /** Anonymous mappings are placed downwards from here. A multiple of the page size. */
  readonly mapEnd: number;
}

/** What the auxiliary vector tells the program about itself. */
export interface LinuxImage {
  readonly entry: number;
  /** Absent when the program headers aren't part of a loaded segment. */
  readonly programHeaders?: { readonly address: number; readonly count: number; readonly entrySize: number };
}

/** Page size that programs are told and that mappings are rounded to; riscv Linux has no other. */
export const PAGE_SIZE = 4096;

/** First page boundary at or above `value`. */
export const pageCeil = (value: number): number => Math.ceil(value / PAGE_SIZE) * PAGE_SIZE;

/** Last page boundary at or below `value`. */
export const pageFloor = (value: number): number => Math.floor(value / PAGE_SIZE) * PAGE_SIZE;
