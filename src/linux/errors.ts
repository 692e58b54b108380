import { defineErrors, type Fail } from '../core/error.ts';

const errors = {
  'linux/arguments-too-large': (d: { need: number; limit: number; stack: number }): string =>
    `arguments and environment need ${d.need} bytes, but may take ${d.limit} bytes, a quarter of the ${d.stack}-byte stack: pass fewer or give the program a larger stack`,
  'linux/bad-string': (d: { what: string; text: string }): string =>
    `${d.what} ${JSON.stringify(d.text)} contains a zero byte, which no C string can: remove it`,
  'linux/bad-environment': (d: { name: string }): string =>
    `environment variable name ${JSON.stringify(d.name)} is empty or contains '=': rename it`,
  'linux/bad-path': (d: { path: string; what: string }): string =>
    `${d.what} ${JSON.stringify(d.path)} is not usable: give an absolute path without '.' or '..', such as /data`,
  'linux/no-such-directory': (d: { path: string; errno: string }): string =>
    `working directory ${JSON.stringify(d.path)} can't be used (${d.errno}): create it in the file system or choose another cwd`,
  'linux/file-system-full': (d: { path: string; limit: number; what: string }): string =>
    `${JSON.stringify(d.path)} does not fit an in-memory file system of at most ${d.limit} ${d.what}: raise the limit or pass less`,
  'linux/no-entry': (_: Record<string, never>): string =>
    'the program has no entry point, only exports: link it with one, or call its exports instead',
  'linux/no-stack': (_: Record<string, never>): string =>
    'the program has no stack to put its arguments on: compile the module with a stackSize',
  'linux/paging': (d: { page: number }): string =>
    `Linux programs need the default memory with pages of ${d.page} bytes: compile the module without dynamicPaging and pageSize`,
} as const;

/** Errors of the Linux personality: misuse by the host. What a guest does wrong is an errno, never an error. */
export const fail: Fail<typeof errors> = defineErrors(errors);
