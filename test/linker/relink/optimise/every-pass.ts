import { fuseCalls, splitCalls } from '../../../../src/linker/relink/optimise/calls.ts';
import { constantPropagation } from '../../../../src/linker/relink/optimise/constant-propagation.ts';
import { deadCode } from '../../../../src/linker/relink/optimise/dead-code.ts';
import { forwardSubstitution } from '../../../../src/linker/relink/optimise/forward-substitution.ts';
import { inlining } from '../../../../src/linker/relink/optimise/inlining.ts';
import { noOps } from '../../../../src/linker/relink/optimise/no-ops.ts';
import { placement } from '../../../../src/linker/relink/optimise/placement.ts';
import { shorterForms } from '../../../../src/linker/relink/optimise/shorter-forms.ts';
import { tailMerging } from '../../../../src/linker/relink/optimise/tail-merging.ts';
import { unlikely } from '../../../../src/linker/relink/optimise/unlikely.ts';
import { wideConstants } from '../../../../src/linker/relink/optimise/wide-constants.ts';
import type { Pass } from '../../../../src/linker/relink/report.ts';

/** Passes by themselves, each made anew; those that change nothing of what is reachable. */
export const EVERY_PASS: readonly (() => Pass)[] = [
  noOps,
  () => splitCalls,
  () => inlining({ instructions: 2, growth: 3 }),
  constantPropagation,
  () => deadCode(true),
  forwardSubstitution,
  shorterForms,
  () => fuseCalls,
  () => tailMerging,
  () => wideConstants,
  () => placement,
  () => unlikely(true),
];
