import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Compiler, compilers, compileText, exportsOf, importsOf, inputOf, KIT } from './compilers.ts';

/** Result, parameters, and the registers of both on 32 and 64 bits: arguments, then results. */
const PROTOTYPES: readonly (readonly [string, readonly string[], readonly number[], readonly number[]])[] = [
  ['void', [], [0, 0], [0, 0]],
  ['void', ['void'], [0, 0], [0, 0]],
  ['uint8_t', ['int8_t', 'int16_t', 'int32_t', 'char'], [4, 1], [4, 1]],
  ['int64_t', ['uint64_t'], [2, 2], [1, 1]],
  ['const char *', ['const char *', 'size_t', 'void *'], [3, 1], [3, 1]],
  ['double', ['float', 'double'], [3, 2], [2, 1]],
  ['struct pair', ['struct pair'], [2, 2], [1, 1]],
  // Larger than two registers: by reference, and a place for the result is an argument.
  ['struct large', ['struct large', 'int'], [3, 0], [3, 0]],
  ['int', ['int', 'int', 'int', 'int', 'int', 'int'], [6, 1], [6, 1]],
];

const listOf = ([result, parameters]: (typeof PROTOTYPES)[number], name: string): string =>
  [result, name, ...parameters].join(', ');

/** A value of every type is null bytes; the functions only have to exist. */
const bodyOf = (result: string): string => (result === 'void' ? '' : `${result} r = RESULT; return r;`);

const SOURCE = [
  '#include "riscbox.h"',
  'struct pair { int32_t a, b; };',
  'struct large { int64_t a, b, c; };',
  '#ifdef __cplusplus',
  '#define RESULT {}',
  '#else',
  '#define RESULT {0}',
  '#endif',
  ...PROTOTYPES.flatMap((prototype, index) => {
    const [result, parameters] = prototype;
    const named = parameters.map((type, at) => (type === 'void' ? type : `${type} p${at}`));
    const unused = parameters.flatMap((type, at) => (type === 'void' ? [] : [`(void)p${at};`]));
    return [
      `RISCBOX_EXPORT(${listOf(prototype, `export${index}`)});`,
      `${result} export${index}(${named.join(', ') || 'void'}) { ${unused.join(' ')} ${bodyOf(result)} }`,
      `RISCBOX_IMPORT(${listOf(prototype, `import${index}`)});`,
    ];
  }),
  'RISCBOX_EXPORT(void, use_imports, void (**)(void));',
  'void use_imports(void (**to)(void)) {',
  ...PROTOTYPES.map((_, index) => `  *to++ = (void (*)(void))import${index};`),
  '}',
  'RISCBOX_MIN_STACK_SIZE(12345);',
].join('\n');

const expected = (width: 32 | 64, prefix: string): Record<string, unknown> =>
  Object.fromEntries(
    PROTOTYPES.map(([, , on32, on64], index) => {
      const [inputs, outputs] = width === 32 ? on32 : on64;
      return [`${prefix}${index}`, { inputs, outputs, ...(prefix === 'import' ? { index: undefined } : {}) }];
    }),
  );

const checkRecords = ({ width }: Compiler, command: readonly string[], extension: string): void => {
  const input = inputOf([...command, '-Wno-cast-function-type'], extension, SOURCE);
  expect(importsOf(input)).toEqual(expected(width, 'import'));
  expect(exportsOf(input)).toEqual({
    ...expected(width, 'export'),
    use_imports: { inputs: 1, outputs: 0 },
  });
  expect(input.stackSize).toBe(12345);
};

describe.each(compilers)('riscbox.h, $name', (compiler) => {
  test('C11: registers of arguments and results by type', () => {
    checkRecords(compiler, [...compiler.c, '-std=c11'], 'c');
  });

  test('C++17: the same, and names are not mangled', () => {
    checkRecords(compiler, [...compiler.cpp, '-std=c++17'], 'cpp');
  });

  test('position-independent code', () => {
    checkRecords(compiler, [...compiler.c, '-std=c11', '-fPIC'], 'c');
  });

  test('imports by number', () => {
    const input = inputOf(
      compiler.c,
      'c',
      [
        '#include "riscbox.h"',
        'RISCBOX_IMPORT_WITH_INDEX(7, uint32_t, seven, const char *);',
        'RISCBOX_IMPORT_WITH_INDEX(3, void, three);',
        'RISCBOX_EXPORT(uint32_t, run);',
        'uint32_t run(void) { three(); return seven(""); }',
      ].join('\n'),
    );
    expect(importsOf(input)).toEqual({
      seven: { inputs: 1, outputs: 1, index: 7 },
      three: { inputs: 0, outputs: 0, index: 3 },
    });
  });

  test('more than six registers are an error that says what to do', () => {
    const types = Array.from({ length: 6 }, () => 'int').join(', ');
    const text = `#include "riscbox.h"\nstruct big { int64_t a[3]; };\nRISCBOX_IMPORT(struct big, f, ${types});\n`;
    const { elf, messages } = compileText(compiler.c, 'c', text);
    expect(elf).toBeUndefined();
    expect(messages).toContain('f takes more than six registers of arguments; pass a pointer');
  });
});

const ASSEMBLY = `#include "riscbox-asm.h"
        riscbox_import by_name, 2, 1
        riscbox_export run, 3, 2
        riscbox_min_stack_size 4321
        riscbox_min_stack_size 54321
        .text
run:    riscbox_heap_base a0
        riscbox_sbrk a0, a1
        riscbox_memset
        tail    by_name
`;

describe.each(compilers)('riscbox-asm.h, $name', ({ c }) => {
  test('imports, exports, stack', () => {
    const input = inputOf(c, 'S', ASSEMBLY);
    expect(importsOf(input)).toEqual({ by_name: { inputs: 2, outputs: 1, index: undefined } });
    expect(exportsOf(input)).toEqual({ run: { inputs: 3, outputs: 2 } });
    expect(input.stackSize).toBe(54321);
  });

  test('imports by number', () => {
    const input = inputOf(c, 'S', ASSEMBLY.replace('by_name, 2, 1', 'by_name, 2, 1, 9'));
    expect(importsOf(input)).toEqual({ by_name: { inputs: 2, outputs: 1, index: 9 } });
  });
});

test('the two generations of target files differ in what compilers before 1.91 did not know', () => {
  for (const width of [32, 64]) {
    const read = (folder: string): Record<string, unknown> =>
      JSON.parse(readFileSync(`${KIT}rust/targets/${folder}rv${width}emac-riscbox.json`, 'utf8'));
    const { abi, ...now } = read('');
    expect(abi).toBe(width === 32 ? 'ilp32e' : 'lp64e');
    expect({ ...read('before-1.91/'), 'target-pointer-width': width }).toEqual(now);
  }
});
