import { describe, expect, test } from 'vitest';
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
    `_ZN${'3foo'.repeat(5000)}E`,
  ])('%s stays as it is', (symbol) => {
    expect(splitSymbolName(symbol)).toEqual({ namespace: '', function: symbol });
  });
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
    ['/home/ada/work', 'a.c', '~/work/a.c'],
    ['/Users/ada/work', 'a.c', '~/work/a.c'],
    ['/rustc/home/ada', 'a.c', '/rustc/home/ada/a.c'],
    ['/src', `${'x'.repeat(5000)}.c`, ''],
  ])('%j and %j', (directory, path, expected) => {
    expect(simplifyPath(joinPath(directory, path))).toBe(expected);
  });
});
