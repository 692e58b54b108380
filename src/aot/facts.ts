import type { ContainerName, RiscvProgramHeaders } from '../blob/blob.ts';
import type { Kind, PolkaVmKind } from '../core/kind.ts';
import type { GasModelOption } from '../decoder/gas/models.ts';
import type { MemoryMap, Region } from '../memory/region.ts';

/** Changes with everything that file and runtime must agree on: layout of memory, exits, tables (SPEC.md, "Translated ahead of time"). */
export const VERSION = 1;

/** Names of the custom sections. */
export const SECTIONS = { facts: 'riscbox', places: 'riscbox.places', program: 'riscbox.program' } as const;

/** First word of the section of facts. */
export const MAGIC = 'riscbox-aot';

/** A region whose contents are a range of the program file. */
export interface RegionFacts extends Omit<Region, 'data'> {
  /** Where its data begins in the program file, and how long it is. */
  readonly from: number;
  readonly length: number;
}

/** What the loader knows of a program without reading it. */
export interface Facts {
  /** Content hash of the translation: the WebAssembly sections in front of ours. */
  readonly code: { readonly length: number; readonly hash: string };
  /** Content hash of the places. */
  readonly places: string;
  readonly program: {
    readonly hash: string;
    readonly length: number;
    readonly container: ContainerName;
    /** JAM programs do not say their kind and framing. */
    readonly read: {
      readonly container: 'polkavm' | 'jam-spi' | 'jam-raw';
      readonly kind?: PolkaVmKind;
      readonly metadata?: boolean;
    };
  };
  readonly kind: Kind;
  /** RISC-V: 16 registers. */
  readonly embedded: boolean;
  readonly entry?: number;
  readonly programHeaders?: RiscvProgramHeaders;
  readonly imports: readonly (string | null)[];
  readonly exports: readonly (readonly [name: string, pc: number])[];
  readonly gas: 'none' | 'sync' | 'async';
  readonly gasGranularity: 'block' | 'instruction';
  readonly gasModel: GasModelOption;
  /** Instructions per packed unit of gas, and the most gas of a slice: see `Meter`. */
  readonly unit: number;
  readonly sliceLimit: number;
  readonly map: Omit<MemoryMap, 'regions'> & { readonly regions: readonly RegionFacts[] };
  /** Set at translation; the runtime has no choice. */
  readonly pageSize: number;
  readonly auxDataSize: number;
  readonly stackSize: number;
  /** Bytes of the tier's tables in linear memory. */
  readonly tierBytes: number;
  /** Slots of the function table. */
  readonly tableSize: number;
}
