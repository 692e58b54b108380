// Written by `npx tsx bench/choose-fused.ts` from what the guests execute; see bench/results.md.
import type { Width } from '../core/kind.ts';

export const FUSED_SEQUENCES: Readonly<Record<Width, readonly string[]>> = {
  32: [],
  64: [],
};
