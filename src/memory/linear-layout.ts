import { STATE_SIZE } from './guest-memory.ts';
import { type MemoryMap, roundUp } from './region.ts';

/*
 * A linear home, by byte of the WebAssembly memory:
 *
 *   0                       state page: register cells from 0 on, then the cells below
 *   RIGHTS_TABLE            rights, one byte for each 4 KiB page of the whole 32-bit offset space
 *   PAGE_TABLE              with dynamic paging only: one 4-byte entry for each 4 KiB page of guest addresses
 *   layout.tierStart        tables of the tier, the same for all instances of a module
 *   layout.guestStart       the guest: the address space rotated to the map's origin; with dynamic paging, slots
 *
 * The state page is the same in a plain home. Nothing of it is the guest's: no rights, no page table entry.
 */

/** State page, byte offsets. 64 bits: what translated code has left of gas. */
export const LEFT_CELL = 512;
/** 64 bits: how translated code was left. */
export const EXIT_CELL = 520;
/** 32 bits, unsigned: how many bytes from `heapRange(map).start` on are readable and writable without a gap. */
export const HEAP_LENGTH_CELL = 528;
/**
 * 32 bits, unsigned: from how many offsets of that range on `HEAP_SPAN` bytes are readable and writable. Translated
 * code compares with this, so that one comparison serves accesses of all widths.
 */
export const HEAP_ROOM_CELL = 532;
/** Bytes that accesses checked together span at most. */
export const HEAP_SPAN = 2048;
/** 64 bits, signed: address of a load-reserved that no store-conditional has used, or -1. */
export const RESERVATION_CELL = 536;

/** Index by `offset >>> 12` for any 32-bit offset: what is not the guest's or not there has no rights. */
export const RIGHTS_TABLE: number = STATE_SIZE;
export const RIGHTS_TABLE_SIZE: number = 2 ** 20;

/**
 * With dynamic paging: index by `address >>> 12`. An entry is the buffer offset of those 4 KiB, with PAGE_READABLE
 * and PAGE_WRITABLE in its low bits, or 0 where nothing is mapped. The entry of the last 4 KiB of the address space
 * is always 0, since an access that ends at 2^32 faults even where it is mapped.
 */
export const PAGE_TABLE: number = RIGHTS_TABLE + RIGHTS_TABLE_SIZE;
export const PAGE_TABLE_SIZE: number = 4 * 2 ** 20;
export const PAGE_READABLE = 1;
export const PAGE_WRITABLE = 2;

/** Where the parts of a linear home lie that not all homes have at the same place. */
export interface LinearLayout {
  readonly paged: boolean;
  /** Byte offset of the tier's tables. */
  readonly tierStart: number;
  /** Byte offset of the guest, a multiple of 4096: the end of the tier's tables. */
  readonly guestStart: number;
}

/**
 * What state page, tables and the tier may take at most. Flat memory grows to 4 GiB less this, wherever it lives, so
 * that growth is granted or refused alike.
 */
export const LARGEST_GUEST_START: number = 1 << 24;

/** `tierBytes` is rounded up to whole pages. */
export const linearLayout = (paged: boolean, tierBytes: number): LinearLayout => {
  const tierStart = paged ? PAGE_TABLE + PAGE_TABLE_SIZE : PAGE_TABLE;
  return { paged, tierStart, guestStart: tierStart + roundUp(tierBytes, STATE_SIZE) };
};

/**
 * Where the range begins whose length is in HEAP_LENGTH_CELL: the read-write region, which the heap extends, else
 * the heap's first page.
 */
export const heapRange = ({ regions, heap, pageSize }: MemoryMap): { readonly start: number } => ({
  start: regions.find(({ name }) => name === 'read-write')?.start ?? roundUp(heap.base, pageSize),
});

const RESERVATION_WORD = RESERVATION_CELL / 4;

/** The reserved address in a state page, or -1. */
export const reservationIn = (words: Int32Array): number =>
  (words[RESERVATION_WORD + 1] as number) < 0 ? -1 : (words[RESERVATION_WORD] as number) >>> 0;

export const setReservation = (words: Int32Array, address: number): void => {
  words[RESERVATION_WORD] = address;
  words[RESERVATION_WORD + 1] = address < 0 ? -1 : 0;
};
