import { defineErrors, type Fail } from '../../core/error.ts';

const table = {
  'link/option': (d: { option: string; value: unknown; expected: string }) =>
    `option ${d.option} is ${typeof d.value === 'string' ? `"${d.value}"` : String(d.value)}, expected ${d.expected}; correct it or leave it out`,
} as const;

/** Makes the errors of options of linking. */
export const fail: Fail<typeof table> = defineErrors(table);
