import * as fs from 'node:fs';
import { join } from 'node:path';
import { Errno } from '../linux/errno.ts';

const { O_DIRECTORY = 0, O_NOFOLLOW = 0, O_RDONLY } = fs.constants;

/** The errno of an exception of node:fs; EIO for what the guest's table doesn't have. */
export const errnoOf = (error: unknown): number => {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ERR_OUT_OF_RANGE') return Errno.EINVAL;
  return (code !== undefined && Errno[code as keyof typeof Errno]) || Errno.EIO;
};

/** Names that could mean something else than one entry of a directory, on any host system. */
const UNSAFE = process.platform === 'win32' ? /[/\\:\0]/ : /[/\0]/;

export const isEntryName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && !UNSAFE.test(name);

/** Whether directories can be reached through their descriptors, which no rename can redirect. */
function hasDescriptorPaths(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return fs.statSync('/proc/self/fd').isDirectory();
  } catch {
    return false;
  }
}

/** Calls `action` with a host path for the directory `names` below `root`. */
export type Reach = <T>(root: string, names: readonly string[], action: (path: string) => T) => T;

/**
 * On Linux each directory is opened relative to the one before, and the path given goes through the
 * descriptor of the last one: whatever is renamed or replaced meanwhile changes nothing.
 */
export const reachByDescriptor: Reach = (root, names, action) => {
  let descriptor = fs.openSync(root, O_RDONLY | O_DIRECTORY);
  try {
    for (const name of names) {
      const next = fs.openSync(`/proc/self/fd/${descriptor}/${name}`, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      fs.closeSync(descriptor);
      descriptor = next;
    }
    return action(`/proc/self/fd/${descriptor}`);
  } finally {
    fs.closeSync(descriptor);
  }
};

/**
 * Elsewhere the directories are checked one by one just before the action, which leaves a short time for a
 * race with other host programs.
 */
export const reachByCheck: Reach = (root, names, action) => {
  let path = root;
  for (const name of names) {
    path = join(path, name);
    if (!fs.lstatSync(path).isDirectory()) throw refusal('ENOTDIR');
  }
  return action(path);
};

const refusal = (code: 'ENOTDIR' | 'ENOENT'): Error => Object.assign(new Error(code), { code });

const reach: Reach = hasDescriptorPaths() ? reachByDescriptor : reachByCheck;

/**
 * Calls `action` with a host path for a directory such that no symbolic link can lead outside the root: links
 * on the way and in the last component are refused.
 */
export const withDirectory: Reach = (root, names, action) => {
  if (!names.every(isEntryName)) throw refusal('ENOENT');
  return reach(root, names, action);
};

/**
 * The same for an entry of a directory; the entry itself may be anything, and is for `action` to treat without
 * following (O_NOFOLLOW, lstat, …). No names: the root.
 */
export const withEntry: Reach = (root, names, action) => {
  const last = names.at(-1);
  if (last !== undefined && !isEntryName(last)) throw refusal('ENOENT');
  return withDirectory(root, names.slice(0, -1), (path) => action(`${path}/${last ?? '.'}`));
};
