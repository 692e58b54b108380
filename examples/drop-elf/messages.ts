/** What the page and its worker tell each other. */
import type { OptimisationLevel, RelinkTarget } from '../../src/linker/index.ts';

export interface LinkRequest {
  readonly kind: 'link';
  readonly elf: ArrayBuffer;
  readonly level: OptimisationLevel;
  readonly target: RelinkTarget;
  readonly demote: boolean;
  readonly strip: boolean;
}

export interface RunRequest {
  readonly kind: 'run';
  readonly name: string;
  /** Arguments as written: numbers for functions, words for a program. */
  readonly args: readonly string[];
}

export type Request = LinkRequest | RunRequest;

export type Answer =
  | { readonly kind: 'progress'; readonly fraction: number }
  | {
      readonly kind: 'linked';
      readonly blob: Uint8Array<ArrayBuffer>;
      readonly programKind: string;
      readonly parts: readonly { readonly name: string; readonly bytes: number }[];
      readonly exports: readonly string[];
      readonly notes: readonly string[];
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'ended'; readonly text: string }
  | { readonly kind: 'problem'; readonly code: string; readonly text: string };
