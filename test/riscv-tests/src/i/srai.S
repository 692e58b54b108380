# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
immediate srai, 0x1, 0, 0x1
immediate srai, 0xffffffffffffffff, 0, 0xffffffffffffffff
immediate srai, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero srai, 0, 0x0
immediate srai, 0x7fffffffffffffff, 1, 0x3fffffffffffffff
immediate srai, 0xdeadbeef, 1, 0x6f56df77
immediate srai, 0xdeadbeef, 1, 0x6f56df77
immediate srai, 0xdeadbeef, 4, 0xdeadbee
immediate srai, 0x12345678, 4, 0x1234567
immediate srai, 0xdeadbeef, 4, 0xdeadbee
immediate srai, 0x80, 7, 0x1
immediate srai, 0xffffffff80000000, 7, 0xffffffffff000000
immediate srai, 0xdeadbeef, 7, 0x1bd5b7d
immediate_of_zero srai, 7, 0x0
immediate srai, 0x7fffffff, 15, 0xffff
immediate srai, 0x8000000000000000, 15, 0xffff000000000000
immediate srai, 0xdeadbeef, 15, 0x1bd5b
immediate srai, 0x100000000, 16, 0x10000
immediate srai, 0x3f, 16, 0x0
immediate srai, 0xdeadbeef, 16, 0xdead
immediate srai, 0x0, 34, 0x0
immediate srai, 0x7fffffff, 34, 0x0
immediate srai, 0xdeadbeef, 34, 0x0
immediate_of_zero srai, 34, 0x0
immediate srai, 0x8000000000000000, 62, 0xfffffffffffffffe
immediate srai, 0x123456789abcdef, 62, 0x0
immediate srai, 0xdeadbeef, 62, 0x0
immediate srai, 0xaaaaaaaaaaaaaaaa, 63, 0xffffffffffffffff
immediate srai, 0x7fffffffffffffff, 63, 0x0
immediate srai, 0xdeadbeef, 63, 0x0
#else
immediate srai, 0x1, 0, 0x1
immediate srai, 0xffffffff, 0, 0xffffffff
immediate srai, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero srai, 0, 0x0
immediate srai, 0x7fffffff, 1, 0x3fffffff
immediate srai, 0xdeadbeef, 1, 0xef56df77
immediate srai, 0xdeadbeef, 1, 0xef56df77
immediate srai, 0xdeadbeef, 4, 0xfdeadbee
immediate srai, 0x12345678, 4, 0x1234567
immediate srai, 0xdeadbeef, 4, 0xfdeadbee
immediate srai, 0x80, 7, 0x1
immediate srai, 0x7fffffff, 7, 0xffffff
immediate srai, 0xdeadbeef, 7, 0xffbd5b7d
immediate_of_zero srai, 7, 0x0
immediate srai, 0x0, 15, 0x0
immediate srai, 0x7f, 15, 0x0
immediate srai, 0xdeadbeef, 15, 0xffffbd5b
immediate srai, 0x80000000, 16, 0xffff8000
immediate srai, 0x1, 16, 0x0
immediate srai, 0xdeadbeef, 16, 0xffffdead
immediate srai, 0xaaaaaaaa, 18, 0xffffeaaa
immediate srai, 0xaaaaaaaa, 18, 0xffffeaaa
immediate srai, 0xdeadbeef, 18, 0xfffff7ab
immediate_of_zero srai, 18, 0x0
immediate srai, 0x7f, 30, 0x0
immediate srai, 0x8000, 30, 0x0
immediate srai, 0xdeadbeef, 30, 0xffffffff
immediate srai, 0x12345678, 31, 0x0
immediate srai, 0x80000000, 31, 0xffffffff
immediate srai, 0xdeadbeef, 31, 0xffffffff
#endif
finish
