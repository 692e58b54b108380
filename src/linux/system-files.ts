import { Errno } from './errno.ts';
import type { DirectoryNode, FileNode, FileStat, FileSystem, LinkNode } from './file-system.ts';
import type { RandomSource } from './random.ts';
import { devices } from './streams.ts';

/** A directory that nobody can change. */
const fixedDirectory = (inode: bigint, nodes: Readonly<Record<string, FileNode>>): DirectoryNode => {
  const entries = new Map(Object.entries(nodes));
  const stat = (): FileStat => ({
    type: 'directory',
    mode: 0o555,
    size: 0,
    inode,
    links: 2,
    accessed: 0n,
    modified: 0n,
    changed: 0n,
  });
  return {
    type: 'directory',
    stat,
    lookup: (name) => entries.get(name) ?? Errno.ENOENT,
    list: () =>
      Array.from(entries, ([name, node], index) => ({
        name,
        type: node.type,
        inode: inode + BigInt(index + 1),
      })),
  };
};

const fixedLink = (inode: bigint, target: string): LinkNode => ({
  type: 'symlink',
  readLink: () => target,
  stat: () => ({
    type: 'symlink',
    mode: 0o777,
    size: target.length,
    inode,
    links: 1,
    accessed: 0n,
    modified: 0n,
    changed: 0n,
  }),
});

/** `/dev` with null, zero, full, random and urandom. */
export const deviceFileSystem = (random: RandomSource): FileSystem => ({
  root: fixedDirectory(1n, devices(random)),
});

/** `/proc` with what programs look for to find themselves: `self/exe`. */
export const processFileSystem = (executable: string): FileSystem => ({
  root: fixedDirectory(1n, { self: fixedDirectory(2n, { exe: fixedLink(3n, executable) }) }),
});
