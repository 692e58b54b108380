import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../../scripts/fuzz-link/mutants/elf-mutants.ts';
import { splitSymbolName } from '../../../src/linker/dwarf/demangle.ts';
import { joinPath, simplifyPath } from '../../../src/linker/dwarf/paths.ts';

describe('symbols as namespace and function', () => {
  test.each([
    ['main', '', 'main'],
    ['', '', ''],
    ['_ZN4core9panicking5panic17h0123456789abcdefE', 'core::panicking', 'panic'],
    [
      '_ZN61_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE',
      '<alloc::vec::Vec<T> as core::fmt::Debug>',
      'fmt',
    ],
    ['_ZN3foo3barEi', 'foo', 'bar'],
    ['_ZNK3foo3Bar3bazEv', 'foo::Bar', 'baz'],
    ['_ZNSt6vector4dataEv', 'std::vector', 'data'],
    ['_ZN3foo3BarC2Ei', 'foo::Bar', 'Bar'],
    ['_ZN3foo3BarD0Ev', 'foo::Bar', '~Bar'],
    ['_ZN4shop12_GLOBAL__N_16hiddenEi', 'shop::(anonymous namespace)', 'hidden'],
    ['_Z6squarei', '', 'square'],
    ['_ZL6squarei', '', 'square'],
    ['_RNvCs1234_7mycrate3foo', 'mycrate', 'foo'],
    ['_RINvCs6GmmlP4bgsG_1r3genyKj3_Kb1_EB2_', 'r', 'gen<u64, 3, true>'],
    ['_RNvNtCs1234_7mycrate3foo3bar', 'mycrate::foo', 'bar'],
    ['_RNCNvC7mycrate3foo0', 'mycrate::foo', '{closure#0}'],
    ['_RNCNvC7mycrate3foos_0', 'mycrate::foo', '{closure#1}'],
    ['_RINvC7mycrate3foomRhE', 'mycrate', 'foo<u32, &u8>'],
    ['_RNvMC7mycrateNtB2_3Foo3new', '<mycrate::Foo>', 'new'],
    ['_RNvXC7mycrateNtB2_3FooNtNtC4core3fmt5Debug3fmt', '<mycrate::Foo as core::fmt::Debug>', 'fmt'],
    ['_RINvC7mycrate3fooAhj10_Kb1_E', 'mycrate', 'foo<[u8; 16], true>'],
    ['_RINvC7mycrate3fooFUKCmEuTcxEE', 'mycrate', 'foo<unsafe fn(u32), (char, i64)>'],
    ['_RINvC7mycrate3fooDNtC4core3AnyEL_E', 'mycrate', 'foo<dyn core::Any>'],
  ])('%s', (symbol, namespace, name) => {
    expect(splitSymbolName(symbol)).toEqual({ namespace, function: name });
  });

  test.each([
    '_ZN3fooIiE3barEv',
    '_Z3fooIiEvT_',
    '_ZN99longerE',
    '_ZN0E',
    '_ZN3foo',
    '_ZN',
    '_Z',
    '_ZN3fooplERKS_',
    '_ZTV3foo',
    '_R',
    '_RNvC7mycrate',
    '_RNvB_3foo',
    '_RNvC9999999mycrate3foo',
    `_RINvC7mycrate3foo${'R'.repeat(3000)}mE`,
    `_ZN${'3foo'.repeat(5000)}E`,
  ])('%s stays as it is', (symbol) => {
    expect(splitSymbolName(symbol)).toEqual({ namespace: '', function: symbol });
  });
});

test('names that refer back to themselves many times are left as they are', () => {
  // A tuple of two of what was before, thirty times.
  let symbol = '_RINvC1a1fTmmE';
  for (let i = 0, start = 'INvC1a1f'.length; i < 30; i++) {
    const back = `B${(start - 1).toString(36)}_`;
    start = symbol.length - '_R'.length;
    symbol += `T${back}${back}E`;
    if (start > 36) break;
  }
  const { namespace, function: name } = splitSymbolName(`${symbol}E`);
  expect(namespace.length + name.length).toBeLessThanOrEqual(4096);
  expect(splitSymbolName(`_RINvC1a1fT${'B8_B8_'.repeat(1100)}EE`).namespace).toBe('');
});

test('no damaged name is more than a name', () => {
  const symbol = '_RINvXC7mycrateNtB2_3FooNtNtC4core3fmt5Debug3fmtAhj10_FUKCmEuDNtC4core3AnyEL_E';
  const random = randomFrom(77);
  for (let i = 0; i < 2000; i++) {
    const letters = [...symbol];
    for (let edits = 1 + random(4); edits > 0; edits--) {
      letters[2 + random(letters.length - 2)] = symbol[random(symbol.length)]!;
    }
    const { namespace, function: name } = splitSymbolName(letters.join(''));
    expect(namespace.length + name.length).toBeLessThanOrEqual(4096);
  }
});

describe('paths', () => {
  test.each([
    ['', 'a.c', 'a.c'],
    ['/src', 'a.c', '/src/a.c'],
    ['/src', '/abs/a.c', '/abs/a.c'],
    ['/src', 'C:\\a.c', 'C:\\a.c'],
    ['/src', '', '/src'],
    ['/src', './x/./a.c', '/src/x/a.c'],
    ['/src', '../a.c', '/src/../a.c'],
    ['.', 'a.c', 'a.c'],
    ['/src//x', 'a.c', '/src/x/a.c'],
    ...['home', 'Users'].map((homes): [string, string, string] => [
      `/${homes}/ada/work`,
      'a.c',
      '~/work/a.c',
    ]),
    ['/rustc/home/ada', 'a.c', '/rustc/home/ada/a.c'],
    ['/src', `${'x'.repeat(5000)}.c`, ''],
  ])('%j and %j', (directory, path, expected) => {
    expect(simplifyPath(joinPath(directory, path))).toBe(expected);
  });
});
