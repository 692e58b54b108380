import { defineErrors, type Fail } from '../core/error.ts';

const table = {
  'encode/unavailable': (d: { instruction: string; kind: string }) =>
    `${d.kind} has no instruction ${d.instruction}; use one that SPEC.md lists for this kind`,
  'encode/operands': (d: { instruction: string; kind: string; operands: string }) =>
    `no encoding of ${d.instruction} in ${d.kind} holds ${d.operands}; use another instruction or a sequence`,
};

export const fail: Fail<typeof table> = defineErrors(table);
