import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRiscboxError } from '../../src/core/error.ts';
import { LAYOUT, TEXT, TestProcess } from './fake-guest.ts';

interface Parsed {
  args: string[];
  env: string[];
  aux: Map<number, number>;
  /** First byte behind the auxiliary vector. */
  end: number;
}

/** Reads the stack back as a C runtime does. */
const parse = (t: TestProcess): Parsed => {
  const size = t.guest.width / 8;
  let at = Number(t.guest.getRegister(2));
  const next = (): number => {
    const value = size === 4 ? t.view.getUint32(at, true) : Number(t.view.getBigUint64(at, true));
    at += size;
    return value;
  };
  const argc = next();
  const strings = (): string[] => {
    const list: string[] = [];
    for (let p = next(); p !== 0; p = next()) list.push(t.text(p));
    return list;
  };
  const args = strings();
  expect(args.length).toBe(argc);
  const env = strings();
  const aux = new Map<number, number>();
  for (let type = next(); type !== 0; type = next()) {
    expect(aux.has(type)).toBe(false);
    aux.set(type, next());
  }
  return { args, env, aux, end: at + size };
};

const AT = {
  PHDR: 3,
  PHENT: 4,
  PHNUM: 5,
  PAGESZ: 6,
  ENTRY: 9,
  UID: 11,
  PLATFORM: 15,
  HWCAP: 16,
  CLKTCK: 17,
  SECURE: 23,
  RANDOM: 25,
  EXECFN: 31,
};

describe.each([32, 64] as const)('initial stack, rv%i', (width) => {
  test('holds arguments, environment and the auxiliary vector', () => {
    const t = new TestProcess(width, { args: ['lua', '-e', 'print "ü"', ''], env: { HOME: '/', EMPTY: '' } });
    t.process.setup();
    const { args, env, aux } = parse(t);
    expect(args).toEqual(['lua', '-e', 'print "ü"', '']);
    expect(env).toEqual(['HOME=/', 'EMPTY=']);
    expect(aux.get(AT.PAGESZ)).toBe(4096);
    expect(aux.get(AT.PHDR)).toBe(TEXT + 64);
    expect(aux.get(AT.PHENT)).toBe(56);
    expect(aux.get(AT.PHNUM)).toBe(3);
    expect(aux.get(AT.ENTRY)).toBe(TEXT);
    expect(aux.get(AT.SECURE)).toBe(0);
    expect(aux.get(AT.CLKTCK)).toBe(100);
    expect(aux.get(AT.HWCAP)).toBe((1 << 8) | (1 << 12) | 1 | (1 << 2));
    expect(t.text(aux.get(AT.EXECFN)!)).toBe('/lua');
    expect(t.text(aux.get(AT.PLATFORM)!)).toBe(`riscv${width}`);
    const random = t.memory.read(aux.get(AT.RANDOM)!, 16);
    expect(random.some((byte) => byte !== 0)).toBe(true);
    expect(aux.get(AT.UID)).toBe(t.call('getuid'));
  });

  test('the same seed gives the same random bytes, another seed others', () => {
    const random = (seed: number): Uint8Array => {
      const t = new TestProcess(width, { seed });
      t.process.setup();
      return t.memory.read(parse(t).aux.get(AT.RANDOM)!, 16);
    };
    expect(random(1)).toEqual(random(1));
    expect(random(1)).not.toEqual(random(2));
  });

  test('any arguments: sp aligned, everything within the stack, nothing overlaps', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((s) => !s.includes('\0'));
    const name = text.filter((s) => s !== '' && !s.includes('='));
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 20 }),
        fc.dictionary(name, text, { maxKeys: 10 }),
        (args, env) => {
          const t = new TestProcess(width, { args, env });
          t.process.setup();
          const sp = Number(t.guest.getRegister(2));
          expect(sp % 16).toBe(0);
          expect(sp).toBeGreaterThan(LAYOUT.stackStart);
          const parsed = parse(t);
          expect(parsed.args).toEqual(args);
          expect(parsed.env).toEqual(Object.entries(env).map(([key, value]) => `${key}=${value}`));
          expect(parsed.end).toBeLessThanOrEqual(parsed.aux.get(AT.RANDOM)!);
          expect(parsed.aux.get(AT.RANDOM)! + 16).toBeLessThanOrEqual(parsed.aux.get(AT.EXECFN)!);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('too much for the stack is an error that says so', () => {
    const size = LAYOUT.stackEnd - LAYOUT.stackStart;
    const t = new TestProcess(width, { args: ['x', 'y'.repeat(size)] });
    expect(() => t.process.setup()).toThrowError(/larger stack/);
    const many = new TestProcess(width, { args: new Array<string>(size / 8).fill('') });
    try {
      many.process.setup();
      expect.unreachable();
    } catch (error) {
      expect(isRiscboxError(error, 'linux/arguments-too-large')).toBe(true);
    }
    const quarter = new TestProcess(width, { args: ['x', 'y'.repeat(size / 4 - 1000)] });
    quarter.process.setup();
    expect(parse(quarter).args[1]?.length).toBe(size / 4 - 1000);
  });
});

test('strings that no C string can hold are refused', () => {
  expect(() => new TestProcess(64, { args: ['a\0b'] }).process.setup()).toThrowError(/zero byte/);
  expect(() => new TestProcess(64, { env: { 'A=B': 'c' } })).toThrowError(/rename it/);
  expect(() => new TestProcess(64, { env: { '': 'c' } })).toThrowError(/rename it/);
  expect(() => new TestProcess(64, { cwd: '/nowhere' })).toThrowError(/ENOENT/);
});

test('E programs are told so in the hardware capabilities', () => {
  const t = new TestProcess(32, {}, true);
  t.process.setup();
  expect(parse(t).aux.get(AT.HWCAP)).toBe((1 << 4) | (1 << 12) | 1 | (1 << 2));
});
