import { defineErrors, type Fail } from '../core/error.ts';

const table = {
  'encode/unavailable': (d: { instruction: string; kind: string }): string =>
    `${d.kind} has no instruction ${d.instruction}; use one that SPEC.md lists for this kind`,
  'encode/operands': (d: { instruction: string; kind: string; operands: string }): string =>
    `no encoding of ${d.instruction} in ${d.kind} holds ${d.operands}; use another instruction or a sequence`,
};

/** Makes the errors of the encoders. */
export const fail: Fail<typeof table> = defineErrors(table);
