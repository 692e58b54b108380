import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Engine, type Instance, Linker, type ModuleOptions } from '../../../src/index.ts';
import { isSupported, jsTier } from '../../../src/jit/js/index.ts';
import { link } from '../../../src/linker/index.ts';
import { runLinux } from '../../../src/linux/index.ts';
import { A0, A1, A2, assemble, type Line, RA, RETURN, S0, SP, T0, workload } from '../../vm/assemble.ts';
import { codeOf } from '../../vm/error-code.ts';

const tiers = [jsTier];
const interpreter = new Engine({ tier: 'interpreter' });
const js = new Engine({ tiers, tier: 'js' });
const checked = new Engine({ tiers, crosscheck: { tiers: ['interpreter', 'js'], interval: 3000 } });

const guest = (target: string, name: string): Uint8Array =>
  link(new Uint8Array(readFileSync(new URL(`../../../guests/bin/${target}/${name}.elf`, import.meta.url))));

test('engines have the tier when it is passed, and say where it is when not', () => {
  expect(isSupported()).toBe(true);
  expect(js.tier).toBe('js');
  expect(js.compile(workload()).tier).toBe('js');
  expect(codeOf(() => new Engine({ tier: 'js' }))).toBe('engine/tier');
  expect(() => new Engine({ tier: 'js' })).toThrow(/jsTier.*riscbox\/jit-js/);
});

describe('programs of guests run as in the interpreter', () => {
  const PROGRAMS = ['add_numbers', 'fibonacci', 'hello', 'control', 'text_tables'];
  test.each(['rv32em', 'rv64im'].flatMap((target) => PROGRAMS.map((name) => [target, name] as const)))(
    '%s %s',
    (target, name) => {
      const program = guest(target, name);
      const run = (engine: Engine) => {
        const ran = runLinux(engine.compile(program, { gas: 'sync' }), { gas: 10n ** 12n });
        return { outcome: ran.outcome, stdout: Buffer.from(ran.stdout).toString('latin1') };
      };
      expect(run(checked)).toEqual(run(interpreter));
    },
    60_000,
  );
});

describe('host calls, heap growth and metering', () => {
  const OPTIONS: readonly (readonly [string, ModuleOptions])[] = [
    ['without gas', {}],
    ['gas by block', { gas: 'sync' }],
    ['gas by instruction', { gas: 'sync', gasGranularity: 'instruction' }],
    ['asynchronous gas', { gas: 'async' }],
    ['pipeline gas', { gas: 'sync', gasModel: 'full-l2-hit' }],
    ['dynamic paging', { gas: 'sync', dynamicPaging: true }],
  ];
  const linker = new Linker().define('give', (caller) => caller.getRegister('a0') * 3n + 1n);
  test.each(OPTIONS)('%s', (_, options) => {
    const bytes = workload({ heap: options.dynamicPaging !== true });
    const observe = (engine: Engine, gas: number): unknown => {
      const instance = linker.instantiate(engine.compile(bytes, options), { gas }) as Instance;
      let result: unknown;
      try {
        result = instance.call('work', 300);
      } catch (error) {
        result = (error as { code?: string }).code;
      }
      const { executed, gas: left, pc } = instance;
      return {
        result,
        executed,
        left,
        pc,
        registers: Array.from({ length: 13 }, (_, r) => instance.getRegister(r)),
      };
    };
    for (const gas of [1_000_000, 5000, 777, 12]) {
      expect(observe(js, gas)).toEqual(observe(interpreter, gas));
      expect(observe(checked, gas)).toEqual(observe(interpreter, gas));
    }
  });
});

/** Runs the export `main` of a program with an argument, on the tier and in the interpreter. */
const compare = (code: readonly Line[], argument: number, options: ModuleOptions = { gas: 'sync' }) => {
  const program = assemble({
    kind: 'latest64',
    code,
    exports: ['main'],
    rwDataSize: 4096,
    stackSize: 1 << 20,
  });
  const [a, b] = [interpreter, js].map((engine) => {
    const instance = engine.compile(program, options).instantiate({ gas: 100_000_000 });
    instance.prepareCall('main', [argument]);
    const stop = instance.run();
    const registers = Array.from({ length: 13 }, (_, r) => instance.getRegister(r));
    return { stop, registers, gas: instance.gas, executed: instance.executed, pc: instance.pc };
  });
  expect(b).toEqual(a);
  return b as NonNullable<typeof b>;
};

describe('what translated code does not do the usual way', () => {
  const loop = (body: readonly Line[]): Line[] => [
    'main',
    ['move_reg', { a: S0, b: A0 }],
    ['load_imm', { a: A1, x: 0 }],
    ['jump', { to: 'loop' }],
    'loop',
    ...body,
    ['add_imm_64', { a: S0, b: S0, x: -1 }],
    ['branch_not_eq_imm', { a: S0, x: 0, to: 'loop' }],
    ['move_reg', { a: A0, b: A1 }],
    RETURN,
  ];

  test('calls deeper than the JavaScript stack', () => {
    const code: Line[] = [
      'main',
      ['branch_eq_imm', { a: A0, x: 0, to: 'end' }],
      ['add_imm_64', { a: SP, b: SP, x: -16 }],
      ['store_indirect_u64', { a: RA, b: SP, x: 8 }],
      ['add_imm_64', { a: A0, b: A0, x: -1 }],
      ['load_imm_and_jump', { a: RA, x: 2, to: 'main' }],
      'back',
      ['load_indirect_u64', { a: RA, b: SP, x: 8 }],
      ['add_imm_64', { a: SP, b: SP, x: 16 }],
      ['add_imm_64', { a: A1, b: A1, x: 1 }],
      RETURN,
      'end',
      RETURN,
    ];
    const program = assemble({
      kind: 'latest64',
      code,
      exports: ['main'],
      jumpTable: ['back'],
      stackSize: 1 << 20,
    });
    for (const depth of [5, 1000, 60_000]) {
      const results = [interpreter, js].map((engine) => {
        const instance = engine.compile(program, { gas: 'sync' }).instantiate({ gas: 10_000_000 });
        instance.prepareCall('main', [depth]);
        return { stop: instance.run(), a1: instance.getRegister('a1'), gas: instance.gas };
      });
      expect(results[0]).toMatchObject({ stop: { kind: 'finished' }, a1: BigInt(depth) });
      expect(results[1]).toEqual(results[0]);
    }
  });

  test('accesses that are not aligned', () => {
    const { stop } = compare(
      loop([
        ['and_imm', { a: T0, b: S0, x: 0x3ff }],
        ['load_indirect_u64', { a: A2, b: T0, x: 0x20000 }],
        ['add_64', { a: A1, b: A1, c: A2 }],
        ['add_imm_64', { a: A1, b: A1, x: 0x01020304 }],
        ['store_indirect_u64', { a: A1, b: T0, x: 0x20001 }],
        ['load_indirect_i16', { a: A2, b: T0, x: 0x20003 }],
        ['store_indirect_u32', { a: A2, b: T0, x: 0x20005 }],
      ]),
      5000,
    );
    expect(stop.kind).toBe('finished');
  });

  test('faults in the middle of a group of accesses', () => {
    const { stop, executed } = compare(
      loop([
        ['sub_64', { a: T0, b: A1, c: S0 }],
        ['store_indirect_u32', { a: S0, b: A1, x: 0x20000 }],
        ['store_indirect_u32', { a: S0, b: A1, x: 0x20004 }],
        ['add_imm_64', { a: A1, b: A1, x: 4 }],
      ]),
      5000,
    );
    expect(stop).toMatchObject({ kind: 'trap', reason: 'memory-access', address: 0x21000 });
    expect(executed).toBeGreaterThan(5000);
  });

  test('a rotation that only swaps the words of a register', () => {
    const { registers } = compare(
      loop([
        ['load_imm', { a: A1, x: 0x12345678 }],
        ['rotate_right_imm_64', { a: A1, b: A1, x: 32 }],
      ]),
      100,
    );
    expect(registers[A0]).toBe(0x12345678_00000000n);
  });
});

test('a host that makes no code from text: the interpreter runs instead', () => {
  const source = (path: string): string =>
    JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href);
  const script = `
    import { Engine } from ${source('index.ts')};
    import { isSupported, jsTier } from ${source('jit/js/index.ts')};
    import { workload } from ${JSON.stringify(new URL('../../vm/assemble.ts', import.meta.url).href)};
    const module = new Engine({ tiers: [jsTier], tier: 'js' }).compile(workload({ heap: false }));
    const instance = module.instantiate();
    instance.prepareCall('work', [3]);
    console.log(isSupported(), module.tier, instance.tier, instance.run().kind);
  `;
  const { stdout } = spawnSync(
    process.execPath,
    ['--disallow-code-generation-from-strings', '--import', 'tsx', '--input-type=module', '-e', script],
    { encoding: 'utf8', cwd: fileURLToPath(new URL('../../..', import.meta.url)) },
  );
  expect(stdout.trim()).toBe('false interpreter interpreter host-call');
}, 60_000);
