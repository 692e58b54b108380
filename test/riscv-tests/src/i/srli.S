# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
immediate srli, 0x1, 0, 0x1
immediate srli, 0xffffffffffffffff, 0, 0xffffffffffffffff
immediate srli, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero srli, 0, 0x0
immediate srli, 0x7fffffffffffffff, 1, 0x3fffffffffffffff
immediate srli, 0xdeadbeef, 1, 0x6f56df77
immediate srli, 0xdeadbeef, 1, 0x6f56df77
immediate srli, 0xdeadbeef, 4, 0xdeadbee
immediate srli, 0x12345678, 4, 0x1234567
immediate srli, 0xdeadbeef, 4, 0xdeadbee
immediate srli, 0x80, 7, 0x1
immediate srli, 0xffffffff80000000, 7, 0x1ffffffff000000
immediate srli, 0xdeadbeef, 7, 0x1bd5b7d
immediate_of_zero srli, 7, 0x0
immediate srli, 0x7fffffff, 15, 0xffff
immediate srli, 0x8000000000000000, 15, 0x1000000000000
immediate srli, 0xdeadbeef, 15, 0x1bd5b
immediate srli, 0x100000000, 16, 0x10000
immediate srli, 0x3f, 16, 0x0
immediate srli, 0xdeadbeef, 16, 0xdead
immediate srli, 0x0, 34, 0x0
immediate srli, 0x7fffffff, 34, 0x0
immediate srli, 0xdeadbeef, 34, 0x0
immediate_of_zero srli, 34, 0x0
immediate srli, 0x8000000000000000, 62, 0x2
immediate srli, 0x123456789abcdef, 62, 0x0
immediate srli, 0xdeadbeef, 62, 0x0
immediate srli, 0xaaaaaaaaaaaaaaaa, 63, 0x1
immediate srli, 0x7fffffffffffffff, 63, 0x0
immediate srli, 0xdeadbeef, 63, 0x0
#else
immediate srli, 0x1, 0, 0x1
immediate srli, 0xffffffff, 0, 0xffffffff
immediate srli, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero srli, 0, 0x0
immediate srli, 0x7fffffff, 1, 0x3fffffff
immediate srli, 0xdeadbeef, 1, 0x6f56df77
immediate srli, 0xdeadbeef, 1, 0x6f56df77
immediate srli, 0xdeadbeef, 4, 0xdeadbee
immediate srli, 0x12345678, 4, 0x1234567
immediate srli, 0xdeadbeef, 4, 0xdeadbee
immediate srli, 0x80, 7, 0x1
immediate srli, 0x7fffffff, 7, 0xffffff
immediate srli, 0xdeadbeef, 7, 0x1bd5b7d
immediate_of_zero srli, 7, 0x0
immediate srli, 0x0, 15, 0x0
immediate srli, 0x7f, 15, 0x0
immediate srli, 0xdeadbeef, 15, 0x1bd5b
immediate srli, 0x80000000, 16, 0x8000
immediate srli, 0x1, 16, 0x0
immediate srli, 0xdeadbeef, 16, 0xdead
immediate srli, 0xaaaaaaaa, 18, 0x2aaa
immediate srli, 0xaaaaaaaa, 18, 0x2aaa
immediate srli, 0xdeadbeef, 18, 0x37ab
immediate_of_zero srli, 18, 0x0
immediate srli, 0x7f, 30, 0x0
immediate srli, 0x8000, 30, 0x0
immediate srli, 0xdeadbeef, 30, 0x3
immediate srli, 0x12345678, 31, 0x0
immediate srli, 0x80000000, 31, 0x1
immediate srli, 0xdeadbeef, 31, 0x1
#endif
finish
