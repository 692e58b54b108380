import { readFileSync } from 'node:fs';

/** The root of the package: two levels above the sources and above what is built from them. */
const PACKAGE = new URL('../../', import.meta.url);

/** A file of the package, such as `guests/sdk/c/riscbox.h`. */
export const packageFile = (path: string): Uint8Array => readFileSync(new URL(path, PACKAGE));

export const packageVersion = (): string =>
  JSON.parse(new TextDecoder().decode(packageFile('package.json'))).version;
