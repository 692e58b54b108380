import { defineErrors, type Fail } from '../core/error.ts';

const errors = {
  'node/not-a-directory': (d: { path: string; reason: string }): string =>
    `${JSON.stringify(d.path)} can't be mounted (${d.reason}): give the path of an existing directory`,
} as const;

/** Errors of the Node entry. */
export const fail: Fail<typeof errors> = defineErrors(errors);
