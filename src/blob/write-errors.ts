import { defineErrors, type Fail, hex } from '../core/error.ts';

const table = {
  'blob/container': (d: { container: string; expected: string }) =>
    `a ${d.container} program cannot be written as ${d.expected}; use the write function of its own container`,
  'blob/kind': (d: { kind: string; container: string }) =>
    `programs of kind ${d.kind} cannot be in a ${d.container} container; choose the kind the program was built for`,
  'blob/part': (d: { part: string; container: string }) =>
    `a ${d.container} container has no place for ${d.part}; leave it out or choose another container`,
  'blob/field-range': (d: { field: string; value: number; limit: number }) =>
    `${d.field} is ${d.value}, which is not an integer from 0 to ${d.limit}; correct the value before writing`,
  'blob/optional-section-id': (d: { id: number }) =>
    `section ${hex(d.id)} may not be skipped by readers that do not know it; unknown sections need an id from 128 to 255`,
} as const;

/** Makes the errors of making and writing programs. */
export const fail: Fail<typeof table> = defineErrors(table);
