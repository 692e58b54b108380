import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Errno } from '../../src/linux/errno.ts';
import { HostDirectory, type HostDirectoryOptions } from '../../src/node/host-directory.ts';
import { reachByCheck, reachByDescriptor, withEntry } from '../../src/node/host-path.ts';
import { AT_FDCWD, O, TestProcess } from '../linux/fake-guest.ts';

let base = '';
let root = '';
const SECRET = 'outside';

beforeEach(() => {
  base = fs.mkdtempSync(join(tmpdir(), 'riscbox-host-'));
  root = join(base, 'mounted');
  fs.mkdirSync(join(root, 'sub/deep'), { recursive: true });
  fs.writeFileSync(join(base, 'secret'), SECRET);
  fs.writeFileSync(join(root, 'file'), 'inside');
  fs.writeFileSync(join(root, 'sub/deep/other'), 'deep inside');
});

afterEach(() => {
  fs.rmSync(base, { recursive: true });
});

const mount = (options: HostDirectoryOptions = {}): TestProcess =>
  new TestProcess(64, { mounts: { '/host': new HostDirectory(root, options) } });

const open = (t: TestProcess, path: string, flags = 0): number =>
  t.call('openat', AT_FDCWD, path, flags, 0o644);

const readFile = (t: TestProcess, path: string): string | number => {
  const fd = open(t, path);
  if (fd < 0) return fd;
  const at = t.room(64);
  const count = t.call('read', fd, at, 64);
  t.call('close', fd);
  return count < 0 ? count : new TextDecoder().decode(t.memory.read(at, count));
};

const writeFile = (t: TestProcess, path: string, text: string, flags: number = O.CREAT | O.TRUNC): number => {
  const fd = open(t, path, O.WRONLY | flags);
  if (fd < 0) return fd;
  const count = t.call('write', fd, text, text.length);
  t.call('close', fd);
  return count;
};

describe('ordinary use', () => {
  test('reading, listing, attributes', () => {
    const t = mount();
    expect(readFile(t, '/host/file')).toBe('inside');
    expect(readFile(t, '/host/sub/deep/other')).toBe('deep inside');
    expect(readFile(t, '/host/none')).toBe(Errno.ENOENT);
    expect(readFile(t, '/host/file/x')).toBe(Errno.ENOTDIR);
    const names: string[] = [];
    const at = t.room(512);
    const count = t.call('getdents64', open(t, '/host'), at, 512);
    for (let p = at; p < at + count; p += t.view.getUint16(p + 16, true)) names.push(t.text(p + 19));
    expect(names.sort()).toEqual(['.', '..', 'file', 'sub']);
    expect(t.call('newfstatat', AT_FDCWD, '/host/file', at, 0)).toBe(0);
    const stats = fs.statSync(join(root, 'file'), { bigint: true });
    expect(t.view.getBigInt64(at + 48, true)).toBe(6n);
    expect(t.view.getBigUint64(at + 8, true)).toBe(stats.ino);
    expect(t.view.getBigInt64(at + 88, true)).toBe(stats.mtimeNs / 1_000_000_000n);
    expect(t.call('getdents64', open(t, '/host/sub'), at, 512)).toBeGreaterThan(0);
  });

  test('writing, appending, truncating, renaming, removing', () => {
    const t = mount();
    expect(writeFile(t, '/host/new', 'first')).toBe(5);
    expect(writeFile(t, '/host/new', 'second', O.APPEND)).toBe(6);
    expect(fs.readFileSync(join(root, 'new'), 'utf8')).toBe('firstsecond');
    expect(writeFile(t, '/host/new', 'x')).toBe(1);
    expect(fs.readFileSync(join(root, 'new'), 'utf8')).toBe('x');
    expect(open(t, '/host/new', O.CREAT | O.EXCL)).toBe(Errno.EEXIST);
    expect(t.call('mkdirat', AT_FDCWD, '/host/dir', 0o777)).toBe(0);
    expect(t.call('renameat2', AT_FDCWD, '/host/new', AT_FDCWD, '/host/dir/moved', 0)).toBe(0);
    expect(fs.readFileSync(join(root, 'dir/moved'), 'utf8')).toBe('x');
    expect(t.call('renameat2', AT_FDCWD, '/host/dir', AT_FDCWD, '/host/dir/in', 0)).toBe(Errno.EINVAL);
    expect(t.call('renameat2', AT_FDCWD, '/host/dir', AT_FDCWD, '/dir', 0)).toBe(Errno.EXDEV);
    expect(t.call('unlinkat', AT_FDCWD, '/host/dir', 0x200)).toBe(Errno.ENOTEMPTY);
    expect(t.call('unlinkat', AT_FDCWD, '/host/dir/moved', 0)).toBe(0);
    expect(t.call('unlinkat', AT_FDCWD, '/host/dir', 0x200)).toBe(0);
    expect(fs.readdirSync(root).sort()).toEqual(['file', 'sub']);
    const fd = open(t, '/host/file', O.RDWR);
    expect(t.call('ftruncate', fd, 2)).toBe(0);
    expect(t.call('fsync', fd)).toBe(0);
    expect(t.call('fchmod', fd, 0o600)).toBe(0);
    expect(t.call('utimensat', AT_FDCWD, '/host/file', t.put(new Uint8Array(32)), 0)).toBe(0);
    const stats = fs.statSync(join(root, 'file'));
    expect([stats.size, stats.mode & 0o777, stats.mtimeMs]).toEqual([2, 0o600, 0]);
    expect(t.call('chdir', '/host/sub')).toBe(0);
    expect(readFile(t, 'deep/other')).toBe('deep inside');
  });

  test('read-only mounts change nothing', () => {
    const t = mount({ readOnly: true });
    expect(readFile(t, '/host/file')).toBe('inside');
    expect(writeFile(t, '/host/file', 'x')).toBe(Errno.EROFS);
    expect(open(t, '/host/file', O.TRUNC)).toBe(Errno.EROFS);
    expect(writeFile(t, '/host/new', 'x')).toBe(Errno.EROFS);
    expect(t.call('mkdirat', AT_FDCWD, '/host/dir', 0o777)).toBe(Errno.EROFS);
    expect(t.call('unlinkat', AT_FDCWD, '/host/file', 0)).toBe(Errno.EROFS);
    expect(t.call('renameat2', AT_FDCWD, '/host/file', AT_FDCWD, '/host/f', 0)).toBe(Errno.EROFS);
    expect(t.call('fchmodat', AT_FDCWD, '/host/file', 0)).toBe(Errno.EROFS);
    expect(t.call('utimensat', AT_FDCWD, '/host/file', 0, 0)).toBe(Errno.EROFS);
    expect(t.call('truncate', '/host/file', 0)).toBe(Errno.EROFS);
    expect(t.call('faccessat', AT_FDCWD, '/host/file', 2)).toBe(Errno.EACCES);
    const fd = open(t, '/host/file');
    expect(t.call('fchmod', fd, 0)).toBe(Errno.EROFS);
    expect(fs.readFileSync(join(root, 'file'), 'utf8')).toBe('inside');
    expect(fs.readdirSync(root).sort()).toEqual(['file', 'sub']);
  });

  test('files larger than the limit are refused before they take room', () => {
    const t = mount({ maxFileSize: 10 });
    const fd = open(t, '/host/file', O.RDWR);
    expect(t.call('pwrite64', fd, 'x', 1, 9)).toBe(1);
    expect(t.call('pwrite64', fd, 'x', 1, 10)).toBe(Errno.EFBIG);
    expect(t.call('ftruncate', fd, 11)).toBe(Errno.EFBIG);
    expect(t.call('pread64', fd, t.room(8), 1, 2n ** 62n)).toBe(0);
    expect(fs.statSync(join(root, 'file')).size).toBe(10);
  });

  test('only directories can be mounted', () => {
    expect(() => new HostDirectory(join(root, 'none'))).toThrowError(/ENOENT.*existing directory/);
    expect(() => new HostDirectory(join(root, 'file'))).toThrowError(/not a directory/);
  });
});

describe('no way out', () => {
  /** Every way a guest may name something, tried on one path. */
  const attack = (t: TestProcess, path: string): void => {
    expect(readFile(t, path)).not.toBe(SECRET);
    writeFile(t, path, 'x');
    writeFile(t, path, 'x', 0);
    t.call('mkdirat', AT_FDCWD, path, 0o777);
    t.call('renameat2', AT_FDCWD, '/host/file', AT_FDCWD, path, 0);
    t.call('renameat2', AT_FDCWD, path, AT_FDCWD, '/host/file', 0);
    t.call('truncate', path, 0);
    t.call('fchmodat', AT_FDCWD, path, 0o111);
    t.call('utimensat', AT_FDCWD, path, t.put(new Uint8Array(32)), 0);
    t.call('utimensat', AT_FDCWD, path, t.put(new Uint8Array(32)), 0x100);
    t.call('unlinkat', AT_FDCWD, path, 0);
    t.call('unlinkat', AT_FDCWD, path, 0x200);
    const fd = open(t, path, O.PATH);
    if (fd >= 0) t.call('fchmod', fd, 0o111);
  };

  /** What is outside of the root, with everything a guest could have changed. */
  const outside = (): unknown => {
    const stats = fs.statSync(join(base, 'secret'));
    return [
      fs.readdirSync(base),
      fs.readFileSync(join(base, 'secret'), 'utf8'),
      stats.mode,
      stats.mtimeMs,
      stats.nlink,
    ];
  };

  test('dots, absolute paths and odd names', () => {
    const before = outside();
    const paths = [
      '../secret',
      '/../../secret',
      'sub/../../secret',
      'sub/deep/../../../secret',
      './/..//secret',
    ];
    for (const path of paths) attack(mount(), `/host/${path}`);
    attack(mount(), join(base, 'secret'));
    attack(mount(), `/host/${join(base, 'secret')}`);
    const t = mount();
    t.call('chdir', '/host/sub/deep');
    attack(t, '../../../secret');
    expect(outside()).toEqual(before);
  });

  test('symbolic links on the host lead into the guest, never out', () => {
    fs.symlinkSync('../secret', join(root, 'relative'));
    fs.symlinkSync(join(base, 'secret'), join(root, 'absolute'));
    fs.symlinkSync('..', join(root, 'up'));
    fs.symlinkSync(base, join(root, 'away'));
    fs.symlinkSync('/proc/self/root', join(root, 'proc'));
    fs.symlinkSync('sub/deep', join(root, 'within'));
    fs.symlinkSync('/host/file', join(root, 'guest-absolute'));
    const t = mount();
    expect(readFile(t, '/host/within/other')).toBe('deep inside');
    expect(readFile(t, '/host/guest-absolute')).toBe('inside');
    expect(readFile(t, '/host/relative')).toBe(Errno.ENOENT);
    expect(readFile(t, '/host/absolute')).toBe(Errno.ENOENT);
    const before = outside();
    for (const path of [
      'relative',
      'absolute',
      'up/secret',
      'away/secret',
      `proc${base}/secret`,
      'up/mounted/up/secret',
    ]) {
      attack(mount(), `/host/${path}`);
    }
    expect(outside()).toEqual(before);
  });

  test('guests can neither make links nor hard links', () => {
    const t = mount();
    expect(t.call('symlinkat', '../secret', AT_FDCWD, '/host/l')).toBe(Errno.EROFS);
    expect(t.call('linkat', AT_FDCWD, '/host/file', AT_FDCWD, '/host/l', 0)).toBe(Errno.EPERM);
  });

  test('pipes and sockets neither open nor block', () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const t = mount();
    expect(readFile(t, '/host/pipe')).toBe(Errno.EACCES);
    expect(writeFile(t, '/host/pipe', 'x')).toBe(Errno.EACCES);
  });

  test('a directory that becomes a link while it is open is not followed', () => {
    const t = mount();
    const fd = open(t, '/host/sub', O.DIRECTORY);
    fs.renameSync(join(root, 'sub'), join(root, 'was'));
    fs.symlinkSync('..', join(root, 'sub'));
    const before = outside();
    expect(t.call('openat', fd, 'secret', 0, 0)).toBe(Errno.ENOTDIR);
    expect(t.call('openat', fd, 'secret', O.RDWR | O.CREAT, 0o666)).toBe(Errno.ENOTDIR);
    expect(t.call('unlinkat', fd, 'secret', 0)).toBe(Errno.ENOTDIR);
    expect(t.call('mkdirat', fd, 'evil', 0o777)).toBe(Errno.ENOTDIR);
    expect(t.call('getdents64', fd, t.room(512), 512)).toBe(Errno.ENOTDIR);
    expect(outside()).toEqual(before);
  });

  test('any mixture of components stays inside', () => {
    fs.symlinkSync('../..', join(root, 'sub/up2'));
    fs.symlinkSync(base, join(root, 'away'));
    const before = outside();
    const component = fc.constantFrom(
      '..',
      '.',
      '',
      'sub',
      'deep',
      'up2',
      'away',
      'root',
      'secret',
      'host',
      'file',
      '\\..',
      'a\n',
    );
    fc.assert(
      fc.property(fc.array(component, { maxLength: 10 }), (parts) => {
        const t = mount();
        expect(readFile(t, `/host/${parts.join('/')}`)).not.toBe(SECRET);
        writeFile(t, `/host/${parts.join('/')}`, 'x');
        writeFile(t, `/host/${parts.join('/')}/secret`, 'x');
        t.process.close();
        expect(outside()).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['by descriptor', reachByDescriptor],
    ['by check', reachByCheck],
  ])('reaching a directory %s refuses links on the way', (_name, reach) => {
    fs.symlinkSync('..', join(root, 'up'));
    expect(reach(root, ['sub', 'deep'], (path) => fs.readdirSync(path))).toEqual(['other']);
    expect(() => reach(root, ['up'], (path) => fs.readdirSync(path))).toThrowError();
    expect(() => reach(root, ['up', 'root'], (path) => fs.readdirSync(path))).toThrowError();
    expect(() => reach(root, ['file'], (path) => fs.readdirSync(path))).toThrowError();
  });

  test('names that are more than one entry are refused, whoever asks', () => {
    for (const name of ['..', '.', '', 'a/b', '/etc', 'a\0']) {
      expect(() => withEntry(root, [name], (path) => path), JSON.stringify(name)).toThrowError();
      expect(() => withEntry(root, [name, 'x'], (path) => path)).toThrowError();
      expect(new HostDirectory(root).root.lookup(name)).toBe(Errno.ENOENT);
    }
  });
});

test('no descriptors are left behind', () => {
  const count = (): number => fs.readdirSync('/proc/self/fd').length;
  const before = count();
  const t = mount();
  for (let i = 0; i < 50; i++) {
    open(t, '/host/file', O.RDWR);
    open(t, '/host/sub', O.DIRECTORY);
    open(t, '/host/none/x');
    open(t, '/host/sub/deep/other/x');
  }
  expect(count()).toBe(before + 50);
  t.process.close();
  t.process.close();
  expect(count()).toBe(before);
});
