/**
 * Why a run ended or paused. Every tier gives the same value for the same program.
 *
 * `pc` is a code offset in PolkaVM kinds and a guest address in the RISC-V profile.
 */
export type Stop =
  /** The guest returned to the host (dynamic jump to 0xFFFF0000), or a host function asked to end the run. */
  | { readonly kind: 'finished' }
  /** The guest did something that ends it. `address` is the guest address of a bad access or jump. */
  | { readonly kind: 'trap'; readonly pc: number; readonly reason: TrapReason; readonly address?: number }
  /** The guest asks the host; run again to continue behind it. */
  | { readonly kind: 'host-call'; readonly number: number; readonly pc: number }
  /** Dynamic paging only: make the page accessible and run again; the instruction restarts. */
  | {
      readonly kind: 'segfault';
      readonly pc: number;
      readonly pageAddress: number;
      readonly pageSize: number;
      readonly writeProtected: boolean;
    }
  /** The next block (or byte of a memset, or instruction) could not be paid; add gas and run again. `pc` is undefined when nothing was entered (host-set pc, negative gas, asynchronous metering). */
  | { readonly kind: 'out-of-gas'; readonly pc: number | undefined }
  /** Step mode: `pc` is about to run. */
  | { readonly kind: 'step'; readonly pc: number }
  /** The run's own limit: instruction budget, deadline or AbortSignal. Run again to continue. */
  | { readonly kind: 'interrupted'; readonly reason: InterruptReason };

export type StopKind = Stop['kind'];

export type InterruptReason = 'budget' | 'deadline' | 'aborted';

export type TrapReason =
  /** A `trap` instruction. */
  | 'trap'
  /** An `ebreak` instruction. */
  | 'ebreak'
  /** Bytes that are no instruction of the program's kind, the end of the code, or a start offset that is no instruction. */
  | 'invalid-instruction'
  /** A jump or branch whose target is no basic block, or a dynamic jump to no code address. */
  | 'invalid-jump'
  /** A load or store outside the accessible memory, or a store to read-only memory. */
  | 'memory-access'
  /** RISC-V profile: a store to an executable segment. */
  | 'store-to-code'
  /** An atomic operation on an address that is not a multiple of its size. */
  | 'misaligned-atomic'
  /** A control and status register other than the counters, or a write to one. */
  | 'csr'
  /** `sbrk` with dynamic paging. */
  | 'sbrk-unavailable'
  /** A host function asked for it, or no host function answers a host call. */
  | 'host';
