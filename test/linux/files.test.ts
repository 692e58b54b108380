import { describe, expect, test } from 'vitest';
import { Errno } from '../../src/linux/errno.ts';
import { MemoryFileSystem } from '../../src/linux/memory-file-system.ts';
import { AT_FDCWD, DATA, O, TestProcess } from './fake-guest.ts';

const files = { 'a.txt': 'hello, file\n', 'd/b.bin': Uint8Array.of(1, 2, 3), 'd/e/c.txt': 'c', empty: null };

const open = (t: TestProcess, path: string, flags = 0, mode = 0o666): number =>
  t.call('openat', AT_FDCWD, path, flags, mode);

const write = (t: TestProcess, fd: number, text: string): number =>
  t.call('write', fd, text, new TextEncoder().encode(text).length);

const read = (t: TestProcess, fd: number, length = 1000): string => {
  const at = t.room(length);
  const count = t.call('read', fd, at, length);
  return count < 0 ? `error ${count}` : new TextDecoder().decode(t.memory.read(at, count));
};

const seek = (t: TestProcess, fd: number, offset: number, whence: number): number => {
  if (t.guest.width === 64) return t.call('lseek', fd, offset, whence);
  const at = t.room(8);
  const raw = BigInt.asUintN(64, BigInt(offset));
  const result = t.call('_llseek', fd, raw >> 32n, raw & 0xffffffffn, at, whence);
  return result < 0 ? result : Number(t.view.getBigInt64(at, true));
};

const entries = (t: TestProcess, fd: number, size = 512): string[] => {
  const names: string[] = [];
  for (;;) {
    const at = t.room(size);
    const count = t.call('getdents64', fd, at, size);
    expect(count).toBeGreaterThanOrEqual(0);
    if (count === 0) return names;
    for (let p = at; p < at + count; ) {
      expect(t.view.getBigUint64(p, true)).not.toBe(0n);
      const length = t.view.getUint16(p + 16, true);
      expect(length % 8).toBe(0);
      names.push(`${t.text(p + 19)}:${t.view.getUint8(p + 18)}`);
      p += length;
    }
  }
};

describe.each([32, 64] as const)('files, rv%i', (width) => {
  test('read, seek, end of file', () => {
    const t = new TestProcess(width, { fs: files });
    const fd = open(t, '/a.txt');
    expect(fd).toBe(3);
    expect(read(t, fd, 5)).toBe('hello');
    expect(read(t, fd)).toBe(', file\n');
    expect(read(t, fd)).toBe('');
    expect(seek(t, fd, -5, 2)).toBe(7);
    expect(read(t, fd)).toBe('file\n');
    expect(seek(t, fd, -1, 0)).toBe(Errno.EINVAL);
    expect(seek(t, fd, 0, 9)).toBe(Errno.EINVAL);
    expect(seek(t, fd, 2 ** 33, 0)).toBe(2 ** 33);
    expect(read(t, fd)).toBe('');
    expect(seek(t, 1, 0, 0)).toBe(Errno.ESPIPE);
    expect(t.call('pread64', fd, DATA, 4, 7)).toBe(4);
    expect(t.call('pread64', fd, DATA, 4, 2 ** 40)).toBe(0);
    expect(t.call('close', fd)).toBe(0);
    expect(t.call('close', fd)).toBe(Errno.EBADF);
  });

  test('create, write, append, truncate; the host sees the result', () => {
    const fs = new MemoryFileSystem(files);
    const t = new TestProcess(width, { fs });
    const fd = open(t, '/d/new', O.CREAT | O.RDWR);
    expect(write(t, fd, 'abc')).toBe(3);
    expect(t.call('pwrite64', fd, t.put('Z'), 1, 5)).toBe(1);
    expect(fs.readFile('/d/new')).toEqual(new Uint8Array([97, 98, 99, 0, 0, 90]));
    expect(t.call('ftruncate', fd, 2)).toBe(0);
    expect(t.call('ftruncate', fd, 4)).toBe(0);
    expect(fs.readFile('d/new')).toEqual(new Uint8Array([97, 98, 0, 0]));
    const end = open(t, '/d/new', O.WRONLY | O.APPEND);
    expect(write(t, end, 'xy')).toBe(2);
    expect(seek(t, end, 0, 1)).toBe(6);
    expect(read(t, end)).toBe(`error ${Errno.EBADF}`);
    expect(open(t, '/d/new', O.CREAT | O.EXCL | O.RDWR)).toBe(Errno.EEXIST);
    expect(t.call('close', open(t, '/d/new', O.WRONLY | O.TRUNC))).toBe(0);
    expect(fs.readFile('d/new')).toEqual(new Uint8Array(0));
    expect([...fs.files()].sort()).toEqual(['/a.txt', '/d/b.bin', '/d/e/c.txt', '/d/new']);
  });

  test("the caller's arrays stay as they are", () => {
    const mine = Uint8Array.of(1, 2, 3);
    const t = new TestProcess(width, { fs: { f: mine } });
    const fd = open(t, '/f', O.RDWR);
    write(t, fd, 'X');
    expect(mine).toEqual(Uint8Array.of(1, 2, 3));
    expect(t.call('pread64', fd, DATA, 3, 0)).toBe(3);
    expect([...t.memory.read(DATA, 3)]).toEqual([88, 2, 3]);
  });

  test('vectors; a bad one ends the transfer, bad lists are refused', () => {
    const t = new TestProcess(width, { fs: files });
    const size = width / 8;
    const vectors = (...list: [number, number][]): number => {
      const bytes = new Uint8Array(list.length * size * 2);
      const view = new DataView(bytes.buffer);
      for (const [i, value] of list.flat().entries()) {
        if (size === 4) view.setUint32(i * 4, value, true);
        else view.setBigUint64(i * 8, BigInt(value), true);
      }
      return t.put(bytes);
    };
    const a = t.room(16);
    const b = t.room(16);
    const fd = open(t, '/a.txt');
    expect(t.call('readv', fd, vectors([a, 5], [b, 2], [a + 8, 0]), 3)).toBe(7);
    expect(new TextDecoder().decode(t.memory.read(a, 5))).toBe('hello');
    expect(t.call('readv', fd, vectors([0, 5]), 1)).toBe(Errno.EFAULT);
    expect(t.call('readv', fd, vectors([a, 2], [0, 5]), 2)).toBe(2);
    expect(t.call('readv', fd, 0, 1)).toBe(Errno.EFAULT);
    expect(t.call('readv', fd, a, 1025)).toBe(Errno.EINVAL);
    const huge = size === 4 ? 2 ** 31 - 1 : 2 ** 62;
    expect(t.call('readv', fd, vectors([a, huge], [a, huge], [a, huge]), 3)).toBe(Errno.EINVAL);
    expect(t.call('preadv', fd, vectors([a, 5]), 1, 7, 0)).toBe(5);
    expect(new TextDecoder().decode(t.memory.read(a, 5))).toBe('file\n');
    expect(t.call('writev', 1, vectors([a, 5], [b, 1]), 2)).toBe(6);
  });

  test('directories: listing with types, rewinding, small buffers', () => {
    const t = new TestProcess(width, { fs: files });
    const fd = open(t, '/', O.DIRECTORY);
    const want = ['.:4', '..:4', 'a.txt:8', 'd:4', 'empty:4', 'dev:4', 'proc:4'];
    expect(entries(t, fd)).toEqual(want);
    expect(t.call('getdents64', fd, DATA, 512)).toBe(0);
    expect(seek(t, fd, 0, 0)).toBe(0);
    expect(entries(t, fd, 32)).toEqual(want);
    seek(t, fd, 0, 0);
    expect(t.call('getdents64', fd, DATA, 16)).toBe(Errno.EINVAL);
    expect(t.call('getdents64', fd, 0, 512)).toBe(Errno.EFAULT);
    expect(t.call('getdents64', 0, DATA, 512)).toBe(Errno.ENOTDIR);
    expect(t.call('read', fd, DATA, 5)).toBe(Errno.EISDIR);
    expect(open(t, '/d', O.RDWR)).toBe(Errno.EISDIR);
    expect(open(t, '/a.txt', O.DIRECTORY)).toBe(Errno.ENOTDIR);
    expect(open(t, '/a.txt/')).toBe(Errno.ENOTDIR);
    expect(open(t, '/new/', O.CREAT)).toBe(Errno.EISDIR);
  });

  test('make, rename, remove', () => {
    const fs = new MemoryFileSystem(files);
    const t = new TestProcess(width, { fs });
    const rename = (from: string, to: string, flags = 0): number =>
      t.call('renameat2', AT_FDCWD, from, AT_FDCWD, to, flags);
    const unlink = (path: string, flags = 0): number => t.call('unlinkat', AT_FDCWD, path, flags);
    expect(t.call('mkdirat', AT_FDCWD, '/n', 0o777)).toBe(0);
    expect(t.call('mkdirat', AT_FDCWD, '/n', 0o777)).toBe(Errno.EEXIST);
    expect(t.call('mkdirat', AT_FDCWD, '/x/y', 0o777)).toBe(Errno.ENOENT);
    expect(t.call('mkdirat', AT_FDCWD, '/', 0o777)).toBe(Errno.EEXIST);
    expect(rename('/a.txt', '/n/a')).toBe(0);
    expect(fs.readFile('/a.txt')).toBeUndefined();
    expect(rename('/n', '/n/sub')).toBe(Errno.EINVAL);
    expect(rename('/n', '/d')).toBe(Errno.ENOTEMPTY);
    expect(rename('/n', '/empty')).toBe(0);
    expect(rename('/empty/a', '/d')).toBe(Errno.EISDIR);
    expect(rename('/d', '/empty/a')).toBe(Errno.ENOTDIR);
    expect(rename('/empty/a', '/d/b.bin', 1)).toBe(Errno.EEXIST);
    expect(rename('/empty/a', '/d/b.bin')).toBe(0);
    expect(new TextDecoder().decode(fs.readFile('/d/b.bin'))).toBe('hello, file\n');
    expect(rename('/d/b.bin', '/dev/b')).toBe(Errno.EXDEV);
    expect(rename('/dev', '/x')).toBe(Errno.EBUSY);
    expect(unlink('/d')).toBe(Errno.EISDIR);
    expect(unlink('/d', 0x200)).toBe(Errno.ENOTEMPTY);
    expect(unlink('/d/b.bin', 0x200)).toBe(Errno.ENOTDIR);
    expect(unlink('/d/b.bin')).toBe(0);
    expect(unlink('/d/b.bin')).toBe(Errno.ENOENT);
    expect(unlink('/empty', 0x200)).toBe(0);
    expect(unlink('/dev', 0x200)).toBe(Errno.EBUSY);
    expect(unlink('/dev/null')).toBe(Errno.EROFS);
    expect(unlink('/d/e/..', 0x200)).toBe(Errno.ENOTEMPTY);
    expect(unlink('/', 0x200)).toBe(Errno.EBUSY);
  });

  test('an open file outlives its name, and its room comes back on close', () => {
    const fs = new MemoryFileSystem({}, { maxBytes: 100 });
    const t = new TestProcess(width, { fs });
    const fd = open(t, '/f', O.CREAT | O.RDWR);
    expect(t.call('ftruncate', fd, 100)).toBe(0);
    expect(t.call('unlinkat', AT_FDCWD, '/f', 0)).toBe(0);
    expect(seek(t, fd, 0, 2)).toBe(100);
    const other = open(t, '/g', O.CREAT | O.RDWR);
    expect(write(t, other, 'x')).toBe(Errno.ENOSPC);
    expect(t.call('close', fd)).toBe(0);
    expect(write(t, other, 'x')).toBe(1);
    expect(t.call('ftruncate', other, 2 ** 50)).toBe(Errno.ENOSPC);
  });

  test('links: read, follow, loop, dangle, hard links', () => {
    const t = new TestProcess(width, { fs: files });
    const link = (to: string, at: string): number => t.call('symlinkat', to, AT_FDCWD, at);
    expect(link('d/e', '/s')).toBe(0);
    expect(link('/s/../b.bin', '/abs')).toBe(0);
    expect(link('loop', '/loop')).toBe(0);
    expect(link('missing', '/dangling')).toBe(0);
    expect(read(t, open(t, '/s/c.txt'))).toBe('c');
    expect(read(t, open(t, '/abs')).length).toBe(3);
    expect(open(t, '/loop')).toBe(Errno.ELOOP);
    expect(open(t, '/s', O.NOFOLLOW)).toBe(Errno.ELOOP);
    expect(open(t, '/dangling')).toBe(Errno.ENOENT);
    expect(open(t, '/dangling', O.CREAT | O.EXCL)).toBe(Errno.EEXIST);
    expect(open(t, '/dangling', O.CREAT | O.WRONLY)).toBeGreaterThan(2);
    expect(open(t, '/missing')).toBeGreaterThan(2);
    const at = t.room(64);
    expect(t.call('readlinkat', AT_FDCWD, '/s', at, 64)).toBe(3);
    expect(new TextDecoder().decode(t.memory.read(at, 3))).toBe('d/e');
    expect(t.call('readlinkat', AT_FDCWD, '/s', at, 2)).toBe(2);
    expect(t.call('readlinkat', AT_FDCWD, '/a.txt', at, 64)).toBe(Errno.EINVAL);
    expect(t.call('linkat', AT_FDCWD, '/a.txt', AT_FDCWD, '/hard', 0)).toBe(0);
    expect(read(t, open(t, '/hard'))).toBe('hello, file\n');
    expect(t.call('linkat', AT_FDCWD, '/d', AT_FDCWD, '/hd', 0)).toBe(Errno.EPERM);
    expect(t.call('unlinkat', AT_FDCWD, '/a.txt', 0)).toBe(0);
    expect(read(t, open(t, '/hard'))).toBe('hello, file\n');
  });

  test('working directory and relative paths', () => {
    const t = new TestProcess(width, { fs: files, cwd: '/d' });
    const at = t.room(64);
    const cwd = (): string => (t.call('getcwd', at, 64) > 0 ? t.text(at) : '');
    expect(cwd()).toBe('/d');
    expect(read(t, open(t, 'e/c.txt'))).toBe('c');
    expect(read(t, open(t, '../../../../a.txt'))).toBe('hello, file\n');
    expect(t.call('chdir', './e/.')).toBe(0);
    expect(cwd()).toBe('/d/e');
    expect(t.call('chdir', '/a.txt')).toBe(Errno.ENOTDIR);
    expect(t.call('getcwd', at, 3)).toBe(Errno.ERANGE);
    const fd = open(t, '/d', O.PATH);
    expect(read(t, t.call('openat', fd, 'e/c.txt', 0, 0))).toBe('c');
    expect(t.call('openat', open(t, '/a.txt'), 'x', 0, 0)).toBe(Errno.ENOTDIR);
    expect(t.call('openat', 99, 'x', 0, 0)).toBe(Errno.EBADF);
    expect(t.call('fchdir', fd)).toBe(0);
    expect(cwd()).toBe('/d');
    expect(t.call('faccessat', AT_FDCWD, 'e', 7)).toBe(0);
    expect(t.call('faccessat', AT_FDCWD, 'b.bin', 1)).toBe(Errno.EACCES);
    expect(t.call('faccessat2', AT_FDCWD, 'none', 0, 0)).toBe(Errno.ENOENT);
  });

  test('permissions and umask of new files', () => {
    const t = new TestProcess(width, { fs: {} });
    expect(t.call('umask', 0o077)).toBe(0o022);
    const fd = open(t, '/f', O.CREAT | O.RDWR, 0o666);
    const at = t.room(128);
    expect(t.call('fstat', fd, at)).toBe(0);
    expect(t.view.getUint32(at + 16, true)).toBe(0o100600);
    expect(t.call('fchmod', fd, 0o400)).toBe(0);
    expect(open(t, '/f', O.RDWR)).toBe(Errno.EACCES);
    expect(t.call('fchmodat', AT_FDCWD, '/f', 0o200)).toBe(0);
    expect(open(t, '/f')).toBe(Errno.EACCES);
    // A new file may be created without the right to open it again.
    const locked = open(t, '/g', O.CREAT | O.WRONLY, 0);
    expect(write(t, locked, 'x')).toBe(1);
    expect(t.call('fchown', fd, 0, 0)).toBe(Errno.EPERM);
    expect(t.call('fchown', fd, -1, -1)).toBe(0);
  });

  test('descriptors: dup shares the position, the lowest number is taken, the table is full at 1024', () => {
    const t = new TestProcess(width, { fs: files });
    const fd = open(t, '/a.txt');
    const copy = t.call('dup', fd);
    expect(copy).toBe(4);
    expect(read(t, fd, 5)).toBe('hello');
    expect(read(t, copy, 1)).toBe(',');
    expect(t.call('dup3', fd, 9, 0)).toBe(9);
    expect(t.call('dup3', fd, fd, 0)).toBe(Errno.EINVAL);
    expect(t.call('dup3', 99, 5, 0)).toBe(Errno.EBADF);
    expect(t.call('dup3', fd, 1024, 0)).toBe(Errno.EBADF);
    expect(t.call('fcntl', fd, 0, 20)).toBe(20);
    expect(t.call('fcntl', fd, 1030, 0)).toBe(5);
    expect(t.call('fcntl', 5, 1, 0)).toBe(1);
    expect(t.call('fcntl', fd, 3, 0)).toBe(0o100000);
    t.call('close', 3);
    expect(open(t, '/a.txt')).toBe(3);
    expect(t.call('close_range', 3, 0xffff_ffff, 0)).toBe(0);
    expect(t.call('fcntl', 20, 1, 0)).toBe(Errno.EBADF);
    for (let i = 3; i < 1024; i++) expect(t.call('dup', 0)).toBe(i);
    expect(t.call('dup', 0)).toBe(Errno.EMFILE);
    expect(open(t, '/a.txt')).toBe(Errno.EMFILE);
  });

  test('pipes carry bytes and say EAGAIN where Linux would block', () => {
    const t = new TestProcess(width);
    const at = t.room(8);
    expect(t.call('pipe2', at, 0)).toBe(0);
    const [input, output] = [t.view.getInt32(at, true), t.view.getInt32(at + 4, true)];
    expect(t.call('read', input, DATA, 5)).toBe(Errno.EAGAIN);
    expect(write(t, output, 'through')).toBe(7);
    expect(read(t, input)).toBe('through');
    expect(write(t, input, 'x')).toBe(Errno.EBADF);
    const block = 0x8000;
    expect(t.call('write', output, DATA, block)).toBe(block);
    expect(t.call('write', output, DATA, block + 5)).toBe(block);
    expect(t.call('write', output, DATA, 1)).toBe(Errno.EAGAIN);
    t.call('close', output);
    expect(t.call('read', input, DATA, block)).toBe(block);
    expect(t.call('read', input, DATA, block)).toBe(block);
    expect(read(t, input)).toBe('');
    expect(t.call('pipe2', 0, 0)).toBe(Errno.EFAULT);
  });

  test('devices', () => {
    const t = new TestProcess(width, { args: ['/bin/me'] });
    expect(read(t, open(t, '/dev/null'))).toBe('');
    expect(write(t, open(t, '/dev/null', O.WRONLY), 'gone')).toBe(4);
    expect(read(t, open(t, '/dev/zero'), 3)).toBe('\0\0\0');
    expect(write(t, open(t, '/dev/full', O.WRONLY), 'x')).toBe(Errno.ENOSPC);
    const random = t.room(32);
    expect(t.call('read', open(t, '/dev/urandom'), random, 32)).toBe(32);
    expect(t.memory.read(random, 32).some((byte) => byte !== 0)).toBe(true);
    expect(t.call('readlinkat', AT_FDCWD, '/proc/self/exe', random, 32)).toBe(7);
    expect(open(t, '/dev/new', O.CREAT | O.WRONLY)).toBe(Errno.EROFS);
  });
});

describe('standard streams', () => {
  test('input from bytes, text or a reader; output in copies', () => {
    const out: Uint8Array[] = [];
    const t = new TestProcess(64, { stdin: 'line\nrest', stdout: (bytes) => out.push(bytes) });
    expect(read(t, 0, 5)).toBe('line\n');
    expect(read(t, 0)).toBe('rest');
    expect(read(t, 0)).toBe('');
    write(t, 1, 'one');
    write(t, 1, 'two');
    expect(out.map((bytes) => new TextDecoder().decode(bytes))).toEqual(['one', 'two']);
    const asked: number[] = [];
    const reader = (length: number): Uint8Array | undefined => {
      asked.push(length);
      return asked.length === 1 ? Uint8Array.of(65) : undefined;
    };
    const u = new TestProcess(64, { stdin: reader });
    expect(read(u, 0, 7)).toBe('A');
    expect(read(u, 0, 7)).toBe('');
    expect(asked).toEqual([7, 7]);
  });

  test('nothing is taken from a stream that could not be delivered', () => {
    const t = new TestProcess(64, { stdin: 'abc' });
    expect(t.call('read', 0, 0, 3)).toBe(Errno.EFAULT);
    const last = 0x2_0000 - 2;
    expect(t.call('read', 0, last, 100)).toBe(2);
    expect(read(t, 0)).toBe('c');
  });

  test('an errno from the output callback reaches the guest', () => {
    const t = new TestProcess(64, { stdout: () => Errno.EPIPE });
    expect(write(t, 1, 'x')).toBe(Errno.EPIPE);
  });

  test('terminals answer terminal requests, other streams ENOTTY', () => {
    const t = new TestProcess(64, { terminal: { columns: 132, rows: 50, descriptors: [1] } });
    const at = t.room(64);
    expect(t.call('ioctl', 0, 0x5401, at)).toBe(Errno.ENOTTY);
    expect(t.call('ioctl', 1, 0x5401, at)).toBe(0);
    expect(t.call('ioctl', 1, 0x5413, at)).toBe(0);
    expect([t.view.getUint16(at, true), t.view.getUint16(at + 2, true)]).toEqual([50, 132]);
    expect(t.call('ioctl', 1, 0x5413, 0)).toBe(Errno.EFAULT);
    expect(t.call('ioctl', 9, 0x5413, at)).toBe(Errno.EBADF);
    expect(t.call('fstat', 1, at)).toBe(0);
    expect(t.view.getUint32(at + 16, true) >> 12).toBe(2);
  });
});

describe('mounts', () => {
  test('file systems appear at their places, also where no directory is', () => {
    const inner = new MemoryFileSystem({ x: 'inner' });
    const t = new TestProcess(64, { fs: files, mounts: { '/mnt/deep': inner } });
    expect(read(t, open(t, '/mnt/deep/x'))).toBe('inner');
    expect(entries(t, open(t, '/mnt'))).toEqual(['.:4', '..:4', 'deep:4']);
    expect(entries(t, open(t, '/mnt/deep'))).toEqual(['.:4', '..:4', 'x:8']);
    expect(read(t, open(t, '/mnt/deep/../../a.txt'))).toBe('hello, file\n');
    expect(t.call('mkdirat', AT_FDCWD, '/mnt/other', 0o777)).toBe(Errno.EROFS);
    expect(t.call('unlinkat', AT_FDCWD, '/mnt/deep', 0x200)).toBe(Errno.EBUSY);
    const a = t.room(128);
    const b = t.room(128);
    t.call('newfstatat', AT_FDCWD, '/a.txt', a, 0);
    t.call('newfstatat', AT_FDCWD, '/mnt/deep/x', b, 0);
    expect(t.view.getBigUint64(a, true)).not.toBe(t.view.getBigUint64(b, true));
  });

  test('mount points that are no absolute paths are refused', () => {
    for (const path of ['data', '/a/../b', '/a/', '//', '/a\0']) {
      expect(() => new TestProcess(64, { mounts: { [path]: new MemoryFileSystem() } })).toThrowError(
        /absolute path/,
      );
    }
  });
});

describe('in-memory file system', () => {
  test('limits: bytes and nodes, for the host and for guests', () => {
    expect(() => new MemoryFileSystem({ f: 'abc' }, { maxBytes: 2 })).toThrowError(/2 bytes/);
    expect(() => new MemoryFileSystem({ 'a/b/c': '' }, { maxNodes: 2 })).toThrowError(/2 files/);
    const t = new TestProcess(64, { fs: new MemoryFileSystem({}, { maxNodes: 3 }) });
    expect(open(t, '/1', O.CREAT)).toBeGreaterThan(0);
    expect(t.call('mkdirat', AT_FDCWD, '/2', 0o777)).toBe(0);
    expect(t.call('symlinkat', 'x', AT_FDCWD, '/3')).toBe(0);
    expect(open(t, '/4', O.CREAT)).toBe(Errno.ENOSPC);
    expect(t.call('unlinkat', AT_FDCWD, '/3', 0)).toBe(0);
    expect(t.call('unlinkat', AT_FDCWD, '/2', 0x200)).toBe(0);
    expect(open(t, '/4', O.CREAT)).toBeGreaterThan(0);
    expect(open(t, '/5', O.CREAT)).toBeGreaterThan(0);
    expect(open(t, '/6', O.CREAT)).toBe(Errno.ENOSPC);
  });

  test('bad paths of the host are refused', () => {
    for (const path of ['', '/', 'a/../b', 'a\0'])
      expect(() => new MemoryFileSystem({ [path]: '' })).toThrowError();
    expect(() => new MemoryFileSystem({ a: '', 'a/b': '' })).toThrowError(/not usable/);
    expect(() => new MemoryFileSystem({ 'a/b': '', a: '' })).toThrowError(/not usable/);
  });

  test('names of the object prototype are ordinary names', () => {
    const t = new TestProcess(64, { fs: {} });
    expect(open(t, '/constructor')).toBe(Errno.ENOENT);
    expect(open(t, '/__proto__', O.CREAT)).toBeGreaterThan(0);
    expect(open(t, '/dev/toString')).toBe(Errno.ENOENT);
  });

  test('directories nested deeply end with ENAMETOOLONG, not with a full host', () => {
    const t = new TestProcess(64, { fs: {} });
    let result = 0;
    for (let i = 0; result === 0 && i < 10_000; i++) {
      result = t.call('mkdirat', AT_FDCWD, 'n'.repeat(200), 0o777) || t.call('chdir', 'n'.repeat(200));
    }
    expect(result).toBe(Errno.ENAMETOOLONG);
  });

  test('growing and shrinking keeps contents and zeros', () => {
    const fs = new MemoryFileSystem({ f: 'abcdef' });
    const t = new TestProcess(64, { fs });
    const fd = open(t, '/f', O.RDWR);
    for (const size of [3, 5000, 4, 100, 90, 2, 8]) expect(t.call('ftruncate', fd, size)).toBe(0);
    expect(fs.readFile('f')).toEqual(Uint8Array.of(97, 98, 0, 0, 0, 0, 0, 0));
    for (let i = 0; i < 3000; i++) write(t, fd, 'x'.repeat(7));
    expect(fs.readFile('f')?.length).toBe(21000);
  });
});
