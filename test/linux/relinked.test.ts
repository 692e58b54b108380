import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { expectedPath, guestPath, guests } from '../../scripts/guests/manifest.ts';
import type { TargetName } from '../../scripts/guests/targets.ts';
import type { RelinkOptions } from '../../src/linker/relink/options.ts';
import { relinkToBlob } from '../../src/linker/relink/relink.ts';
import { LinuxProgram, runLinux } from '../../src/linux/program.ts';
import { Module } from '../../src/vm/module.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const relinked = (name: string, target: TargetName, options: RelinkOptions): Module => {
  const file = new Uint8Array(readFileSync(`${root}guests/bin/${target}/${name}.elf`));
  return Module.fromBlob(relinkToBlob(file, { strip: true, ...options }).blob);
};

const relinkedSmall = (): Module => {
  const file = new Uint8Array(readFileSync(`${root}guests/bin/rv64im/hello.elf`));
  const { blob } = relinkToBlob(file, { demote: true, strip: true });
  return Module.fromBlob(blob, { maxMemory: 2 ** 24 });
};

/** Programs of 16 registers are linked both ways. */
const waysOf = (target: TargetName): readonly RelinkOptions[] => {
  const demoted: RelinkOptions[] = [0, 2].map((level) => ({ demote: true, level: level as 0 | 2 }));
  return /^rv\d\de/.test(target) ? [...demoted, { demote: false }] : demoted;
};

/** Which runs of which programs are short enough for all instruction sets and ways of linking. */
const CHOSEN: Readonly<Record<string, readonly (string | undefined)[]>> = {
  hello: [undefined],
  perft: ['position', 'usage'],
  sha256: ['quick'],
};

describe('relinked programs print what they print in QEMU', () => {
  for (const guest of guests.filter(({ name }) => name in CHOSEN)) {
    for (const target of guest.targets) {
      test(guestPath(guest, target), () => {
        for (const options of waysOf(target)) {
          const module = relinked(guest.name, target, options);
          expect(module.kind).toBe(target.startsWith('rv64') ? 'latest64' : 'latest32');
          for (const run of guest.runs.filter(({ name }) => CHOSEN[guest.name]?.includes(name))) {
            const result = runLinux(module, { args: [guestPath(guest, target), ...(run.args ?? [])] });
            const what = `${JSON.stringify(options)} ${run.name}: ${text(result.stderr)}`;
            expect(result.outcome, what).toEqual({ kind: 'exit', code: run.status ?? 0, signal: undefined });
            expect(text(result.stdout), what).toBe(readFileSync(root + expectedPath(guest, run), 'utf8'));
            expect(result.stats.unknownCalls).toEqual({});
          }
        }
      });
    }
  }
});

describe('the memory of a relinked program', () => {
  const module = relinked('perft', 'rv64imac', { demote: true });
  const { memoryMap } = module;
  const BRK = 214;
  const MUNMAP = 215;
  const MMAP = 222;
  const PAGE = 4096;

  /** Answers a system call as if the program had just made it. */
  const call = ({ instance, process }: LinuxProgram, number: number, ...args: number[]): number => {
    instance.setRegister('t0', BigInt(number));
    for (const [index, value] of args.entries()) {
      instance.setRegister(`a${index}`, BigInt.asUintN(64, BigInt(value)));
    }
    process.systemCall();
    return Number(BigInt.asIntN(64, instance.getRegister('a0')));
  };

  /** Private and anonymous, readable and writable. */
  const map = (program: LinuxProgram, size: number): number => call(program, MMAP, 0, size, 3, 0x22, -1, 0);

  test('has the initial stack in the stack of the blob', () => {
    using program = new LinuxProgram(module, { args: ['perft', '3'] });
    const stack = memoryMap.regions.find(({ name }) => name === 'stack')!;
    const sp = Number(program.instance.getRegister('sp'));
    expect(stack.size).toBe(2 ** 20);
    expect(sp).toBeGreaterThan(stack.start);
    expect(sp).toBeLessThan(stack.start + stack.size);
    const argumentCount = program.instance.memory.read(sp, 8);
    expect([...argumentCount]).toEqual([2, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('has its program break behind its data', () => {
    using program = new LinuxProgram(module);
    const start = call(program, BRK, 0);
    expect(start).toBeGreaterThanOrEqual(memoryMap.heap.base);
    expect(start - memoryMap.heap.base).toBeLessThan(PAGE);
    expect(call(program, BRK, start + 100_000)).toBe(start + 100_000);
    program.instance.memory.write(start + 99_999, new Uint8Array([7]));
    expect(call(program, BRK, memoryMap.heap.limit + PAGE)).toBe(start + 100_000);
  });

  test('maps pages between the heap and the limit, and takes them back', () => {
    using program = new LinuxProgram(module);
    const first = map(program, 3 * PAGE);
    const second = map(program, 1);
    expect(first % PAGE).toBe(0);
    expect(second).toBe(first - PAGE);
    expect(first).toBeGreaterThan(memoryMap.heap.base);
    program.instance.memory.write(first, new Uint8Array([1, 2, 3]));
    expect(call(program, MUNMAP, first, 3 * PAGE)).toBe(0);
    expect(program.instance.memory.isAccessible(first, 1)).toBe(false);
    const again = map(program, 3 * PAGE);
    expect(again).toBe(first);
    expect([...program.instance.memory.read(again, 3)]).toEqual([0, 0, 0]);
  });

  test('is limited as that of other programs is', () => {
    using program = new LinuxProgram(relinkedSmall());
    expect(map(program, 64 * 2 ** 20)).toBe(-12);
    const start = call(program, BRK, 0);
    expect(call(program, BRK, start + 64 * 2 ** 20)).toBe(start);
  });
});
