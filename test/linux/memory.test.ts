import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Errno } from '../../src/linux/errno.ts';
import { AT_FDCWD, DATA, LAYOUT, TEXT, TestProcess } from './fake-guest.ts';

const PAGE = 4096;
const RW = 3;
const PRIVATE_ANONYMOUS = 0x22;
const FIXED = 0x10;

const mmap = (
  t: TestProcess,
  length: number,
  address = 0,
  flags = PRIVATE_ANONYMOUS,
  protection = RW,
): number => t.call(t.guest.width === 64 ? 'mmap' : 'mmap2', address, length, protection, flags, -1, 0);

describe.each([32, 64] as const)('heap and mappings, rv%i', (width) => {
  test('brk starts at the heap and grows and shrinks by bytes', () => {
    const t = new TestProcess(width);
    const start = LAYOUT.heapStart;
    expect(t.call('brk', 0)).toBe(start);
    expect(t.call('brk', start + 5000)).toBe(start + 5000);
    expect(t.memory.writable(start, 2 * PAGE)).toBe(true);
    expect(t.memory.readable(start + 2 * PAGE, 1)).toBe(false);
    t.memory.write(start + PAGE, Uint8Array.of(7));
    expect(t.call('brk', start + 10)).toBe(start + 10);
    expect(t.memory.readable(start + PAGE, 1)).toBe(false);
    expect(t.call('brk', start + 2 * PAGE)).toBe(start + 2 * PAGE);
    expect(t.memory.read(start + PAGE, 1)[0]).toBe(0);
    expect(t.call('brk', start - 1)).toBe(start + 2 * PAGE);
    expect(t.call('brk', LAYOUT.mapEnd + 1)).toBe(start + 2 * PAGE);
  });

  test('mappings come from the end of memory downwards and read as zero', () => {
    const t = new TestProcess(width);
    const first = mmap(t, 1);
    expect(first).toBe(LAYOUT.mapEnd - PAGE);
    expect(mmap(t, 3 * PAGE)).toBe(first - 3 * PAGE);
    t.memory.write(first, Uint8Array.of(1));
    expect(t.call('munmap', first, PAGE)).toBe(0);
    expect(t.memory.readable(first, 1)).toBe(false);
    expect(mmap(t, PAGE)).toBe(first);
    expect(t.memory.read(first, 1)[0]).toBe(0);
  });

  test('heap and mappings never meet', () => {
    const t = new TestProcess(width);
    const all = LAYOUT.mapEnd - LAYOUT.heapStart;
    expect(mmap(t, all + 1)).toBe(Errno.ENOMEM);
    const half = mmap(t, all / 2);
    expect(t.call('brk', half)).toBe(half);
    expect(t.call('brk', half + 1)).toBe(half);
    expect(mmap(t, 1)).toBe(Errno.ENOMEM);
    expect(t.call('brk', half - 1)).toBe(half - 1);
    expect(mmap(t, 1)).toBe(Errno.ENOMEM);
    expect(t.call('brk', half - PAGE)).toBe(half - PAGE);
    expect(mmap(t, 1)).toBe(half - PAGE);
  });

  test('hints are followed where there is room, fixed mappings replace', () => {
    const t = new TestProcess(width);
    const hint = LAYOUT.heapStart + 0x10_0000;
    expect(mmap(t, PAGE, hint)).toBe(hint);
    expect(mmap(t, PAGE, hint)).toBe(LAYOUT.mapEnd - PAGE);
    t.memory.write(hint, Uint8Array.of(9));
    expect(mmap(t, PAGE, hint, PRIVATE_ANONYMOUS | FIXED)).toBe(hint);
    expect(t.memory.read(hint, 1)[0]).toBe(0);
    expect(mmap(t, PAGE, hint, PRIVATE_ANONYMOUS | 0x100000)).toBe(Errno.EEXIST);
    expect(mmap(t, PAGE, hint + 1, PRIVATE_ANONYMOUS | FIXED)).toBe(Errno.EINVAL);
    expect(mmap(t, PAGE, DATA, PRIVATE_ANONYMOUS | FIXED)).toBe(Errno.ENOMEM);
    expect(mmap(t, PAGE, LAYOUT.mapEnd, PRIVATE_ANONYMOUS | FIXED)).toBe(Errno.ENOMEM);
  });

  test('bad arguments have their errors', () => {
    const t = new TestProcess(width);
    expect(mmap(t, 0)).toBe(Errno.EINVAL);
    expect(mmap(t, PAGE, 0, 0x20)).toBe(Errno.EINVAL);
    expect(mmap(t, PAGE, 0, PRIVATE_ANONYMOUS, 7)).toBe(Errno.EACCES);
    expect(mmap(t, PAGE, 0, 2)).toBe(Errno.EBADF);
    expect(t.call('munmap', 1, PAGE)).toBe(Errno.EINVAL);
    expect(t.call('munmap', 0, 0)).toBe(Errno.EINVAL);
    expect(t.call('mprotect', 1, PAGE, RW)).toBe(Errno.EINVAL);
    expect(t.call('mprotect', 0, PAGE, RW)).toBe(Errno.ENOMEM);
    expect(t.call('mprotect', TEXT, PAGE, 1)).toBe(0);
  });

  test('reserved address space becomes usable with mprotect', () => {
    const t = new TestProcess(width);
    const at = mmap(t, 8 * PAGE, 0, PRIVATE_ANONYMOUS, 0);
    expect(t.memory.readable(at, 1)).toBe(false);
    expect(t.call('mprotect', at + PAGE, 2 * PAGE, RW)).toBe(0);
    expect(t.memory.writable(at + PAGE, 2 * PAGE)).toBe(true);
    expect(t.memory.readable(at + 3 * PAGE, 1)).toBe(false);
    expect(t.call('munmap', at, 8 * PAGE)).toBe(0);
    expect(t.memory.readable(at + PAGE, 1)).toBe(false);
  });

  test('mremap grows in place, moves with its contents, shrinks', () => {
    const t = new TestProcess(width);
    const at = LAYOUT.heapStart + 0x8_0000;
    mmap(t, PAGE, at);
    t.memory.write(at, Uint8Array.of(1, 2, 3));
    expect(t.call('mremap', at, PAGE, 3 * PAGE, 0, 0)).toBe(at);
    mmap(t, PAGE, at + 3 * PAGE);
    expect(t.call('mremap', at, 3 * PAGE, 4 * PAGE, 0, 0)).toBe(Errno.ENOMEM);
    const moved = t.call('mremap', at, 3 * PAGE, 4 * PAGE, 1, 0);
    expect(moved).toBe(LAYOUT.mapEnd - 4 * PAGE);
    expect([...t.memory.read(moved, 3)]).toEqual([1, 2, 3]);
    expect(t.memory.readable(at, 1)).toBe(false);
    expect(t.call('mremap', moved, 4 * PAGE, PAGE, 1, 0)).toBe(moved);
    expect(t.memory.readable(moved + PAGE, 1)).toBe(false);
    expect(t.call('mremap', at, PAGE, 2 * PAGE, 1, 0)).toBe(Errno.EFAULT);
    expect(t.call('mremap', moved, PAGE, PAGE, 3, at)).toBe(at);
    expect([...t.memory.read(at, 3)]).toEqual([1, 2, 3]);
  });

  test('MADV_DONTNEED drops contents, other advice changes nothing', () => {
    const t = new TestProcess(width);
    const at = mmap(t, 2 * PAGE);
    t.memory.write(at, Uint8Array.of(5));
    t.memory.write(at + PAGE, Uint8Array.of(6));
    expect(t.call('madvise', at, PAGE, 3)).toBe(0);
    expect(t.memory.read(at, 1)[0]).toBe(5);
    expect(t.call('madvise', at, PAGE, 4)).toBe(0);
    expect(t.memory.read(at, 1)[0]).toBe(0);
    expect(t.memory.read(at + PAGE, 1)[0]).toBe(6);
    expect(t.call('madvise', 0, PAGE, 4)).toBe(Errno.ENOMEM);
  });

  test('files are mapped by copy; shared writable mappings are refused', () => {
    const t = new TestProcess(width, { fs: { f: `${'a'.repeat(PAGE)}tail` } });
    const fd = t.call('openat', AT_FDCWD, '/f', 2, 0);
    const name = width === 64 ? 'mmap' : 'mmap2';
    const at = t.call(name, 0, PAGE + 4, RW, 2, fd, 0);
    expect(t.text(at + PAGE - 1)).toBe('atail');
    const tail = t.call(name, 0, 4, 1, 1, fd, width === 64 ? PAGE : 1);
    expect(t.text(tail)).toBe('tail');
    t.memory.write(at, Uint8Array.of(0x62));
    expect(t.call('pread64', fd, DATA, 1, 0)).toBe(1);
    expect(t.memory.read(DATA, 1)[0]).toBe(0x61);
    expect(t.call(name, 0, PAGE, RW, 1, fd, 0)).toBe(Errno.ENODEV);
    expect(t.call(name, 0, PAGE, RW, 2, 1, 0)).toBe(Errno.ENODEV);
    expect(t.call(name, 0, PAGE, RW, 2, 77, 0)).toBe(Errno.EBADF);
  });
});

test('random heap and mapping calls agree with a page-by-page model', () => {
  const page = fc.integer({ min: LAYOUT.heapStart / PAGE - 2, max: LAYOUT.mapEnd / PAGE + 2 });
  const pages = fc.integer({ min: 1, max: 12 });
  const step = fc.oneof(
    fc.record({
      op: fc.constant('mmap' as const),
      at: page,
      n: pages,
      fixed: fc.boolean(),
      reserve: fc.boolean(),
    }),
    fc.record({ op: fc.constant('munmap' as const), at: page, n: pages }),
    fc.record({ op: fc.constant('mprotect' as const), at: page, n: pages }),
    fc.record({ op: fc.constant('brk' as const), at: fc.integer({ min: 0, max: 60 * PAGE }) }),
    fc.record({ op: fc.constant('mremap' as const), at: page, n: pages, m: pages }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const t = new TestProcess(64);
      // 'none' is reserved, 'rw' accessible; heap pages are tracked by brk alone.
      const model = new Map<number, 'none' | 'rw'>();
      let end = LAYOUT.heapStart;
      const heap = (p: number): boolean => p * PAGE >= LAYOUT.heapStart && p * PAGE < end;
      for (const s of steps) {
        if (s.op === 'brk') {
          end = t.call('brk', LAYOUT.heapStart + s.at);
        } else if (s.op === 'mmap') {
          const at = mmap(
            t,
            s.n * PAGE,
            s.at * PAGE,
            PRIVATE_ANONYMOUS | (s.fixed ? FIXED : 0),
            s.reserve ? 0 : RW,
          );
          if (at < 0) continue;
          for (let p = at / PAGE; p < at / PAGE + s.n; p++) {
            expect(heap(p)).toBe(false);
            if (!s.fixed) expect(model.has(p)).toBe(false);
            model.set(p, s.reserve ? 'none' : 'rw');
          }
        } else if (s.op === 'munmap') {
          expect(t.call('munmap', s.at * PAGE, s.n * PAGE)).toBe(0);
          for (let p = s.at; p < s.at + s.n; p++) model.delete(p);
        } else if (s.op === 'mprotect') {
          const range = Array.from({ length: s.n }, (_, i) => s.at + i);
          const mapped = range.every((p) => model.has(p) || heap(p));
          expect(t.call('mprotect', s.at * PAGE, s.n * PAGE, RW)).toBe(mapped ? 0 : Errno.ENOMEM);
          if (mapped) for (const p of range) if (model.has(p)) model.set(p, 'rw');
        } else {
          const old = Array.from({ length: s.n }, (_, i) => model.get(s.at + i));
          const at = t.call('mremap', s.at * PAGE, s.n * PAGE, s.m * PAGE, 1, 0);
          expect(at === Errno.EFAULT).toBe(old.includes(undefined));
          if (at < 0) continue;
          const moved = at !== s.at * PAGE;
          if (moved) for (let i = 0; i < s.n; i++) model.delete(s.at + i);
          for (let i = 0; i < Math.max(s.m, s.n); i++) {
            if (i >= s.m) model.delete(at / PAGE + i);
            else model.set(at / PAGE + i, moved || i >= s.n ? 'rw' : (old[i] ?? 'rw'));
          }
        }
      }
      const first = LAYOUT.heapStart / PAGE;
      const area = Array.from({ length: LAYOUT.mapEnd / PAGE - first }, (_, i) => first + i);
      expect(area.filter((p) => t.memory.readable(p * PAGE, 1))).toEqual(
        area.filter((p) => heap(p) || model.get(p) === 'rw'),
      );
    }),
    { numRuns: 300 },
  );
});
