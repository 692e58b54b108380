import { CodeSection, type Target } from '../input/link-input.ts';

/** A place in code. */
export interface CodePlace {
  readonly section: CodeSection;
  readonly offset: number;
}

/** True for a place in code. */
export const isCode = (target: Target): target is CodePlace => target.section instanceof CodeSection;
