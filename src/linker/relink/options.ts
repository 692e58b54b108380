import type { PolkaVmKind } from '../../core/kind.ts';
import type { InflatedSections } from '../dwarf/inflate.ts';

/** 0: as it was compiled; 1: without what is not reachable; 2: optimised; 3: smaller still, blocks share equal ends. */
export type OptimisationLevel = 0 | 1 | 2 | 3;

/** What the program is to be linked for. `latest` takes the width from the file. */
export type RelinkTarget = 'latest' | Exclude<PolkaVmKind, 'jam_gp07'>;

export interface RelinkOptions {
  /** Default `latest`: latest32 or latest64 by the class of the file. */
  readonly target?: RelinkTarget;
  /** What file to write: a PolkaVM blob, or a JAM standard program, whose target is jam_v1. Default `polkavm`. */
  readonly container?: 'polkavm' | 'jam-spi';
  /** JAM standard programs: pages of 4096 bytes that are accessible behind the data, 0 to 65,535. Default 0. */
  readonly heapPages?: number;
  /** Default 2. */
  readonly level?: OptimisationLevel;
  /** Leave out debug sections. Default false. */
  readonly strip?: boolean;
  /**
   * Debug sections that were compressed in the file (`-gz`), as `inflateDebugSections` gives them. Without them such
   * sections are left out, and a note says so.
   */
  readonly debugSections?: InflatedSections;
  /**
   * Bytes of stack at least, below 2^32, rounded up to a multiple of 4096; the file may ask for more. Default 8192; for
   * demoted programs, and those with environment calls, 1 MiB.
   */
  readonly minStackSize?: number;
  /** Exports by their place in a table of jumps at the beginning of the code: entry i is at code offset 5 · i. */
  readonly dispatchTable?: readonly string[];
  /** Turn code of 32 registers into code of 13. Default false: such code is refused. */
  readonly demote?: boolean;
  /** Functions to export in addition to those that the file declares, by symbol name. */
  readonly exports?: readonly string[];
  /** Level 2 and up: blocks of at most this many instructions are put in place of jumps to them. Default 2. */
  readonly inlineThreshold?: number;
  /** Level 2 and up: loads whose result nobody needs may go, although they might have trapped. Default true. */
  readonly elideUnnecessaryLoads?: boolean;
  /** Level 2 and up: spend `unlikely` where PolkaVM's full gas model charges less for it. Default true. */
  readonly gasModelAware?: boolean;
  /** Called from time to time with what is being done and how far it is, from 0 to 1. */
  readonly onProgress?: (stage: LinkStage, fraction: number) => void;
}

export type LinkStage = 'read' | 'lower' | 'optimise' | 'registers' | 'write' | 'debug';
