# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
immediate xori, 0x1, 0, 0x1
immediate xori, 0xffffffffffffffff, 0, 0xffffffffffffffff
immediate xori, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero xori, 0, 0x0
immediate xori, 0x7fffffffffffffff, 1, 0x7ffffffffffffffe
immediate xori, 0xdeadbeef, 1, 0xdeadbeee
immediate xori, 0xdeadbeef, 1, 0xdeadbeee
immediate xori, 0xdeadbeef, -1, 0xffffffff21524110
immediate xori, 0x12345678, -1, 0xffffffffedcba987
immediate xori, 0xdeadbeef, -1, 0xffffffff21524110
immediate xori, 0x80, 2047, 0x77f
immediate xori, 0xffffffff80000000, 2047, 0xffffffff800007ff
immediate xori, 0xdeadbeef, 2047, 0xdeadb910
immediate_of_zero xori, 2047, 0x7ff
immediate xori, 0x7fffffff, -2048, 0xffffffff800007ff
immediate xori, 0x8000000000000000, -2048, 0x7ffffffffffff800
immediate xori, 0xdeadbeef, -2048, 0xffffffff215246ef
immediate xori, 0x100000000, 1365, 0x100000555
immediate xori, 0x3f, 1365, 0x56a
immediate xori, 0xdeadbeef, 1365, 0xdeadbbba
immediate xori, 0x0, -1366, 0xfffffffffffffaaa
immediate xori, 0x7fffffff, -1366, 0xffffffff80000555
immediate xori, 0xdeadbeef, -1366, 0xffffffff21524445
immediate_of_zero xori, -1366, 0xfffffffffffffaaa
immediate xori, 0x8000000000000000, 255, 0x80000000000000ff
immediate xori, 0x123456789abcdef, 255, 0x123456789abcd10
immediate xori, 0xdeadbeef, 255, 0xdeadbe10
#else
immediate xori, 0x1, 0, 0x1
immediate xori, 0xffffffff, 0, 0xffffffff
immediate xori, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero xori, 0, 0x0
immediate xori, 0x7fffffff, 1, 0x7ffffffe
immediate xori, 0xdeadbeef, 1, 0xdeadbeee
immediate xori, 0xdeadbeef, 1, 0xdeadbeee
immediate xori, 0xdeadbeef, -1, 0x21524110
immediate xori, 0x12345678, -1, 0xedcba987
immediate xori, 0xdeadbeef, -1, 0x21524110
immediate xori, 0x80, 2047, 0x77f
immediate xori, 0x7fffffff, 2047, 0x7ffff800
immediate xori, 0xdeadbeef, 2047, 0xdeadb910
immediate_of_zero xori, 2047, 0x7ff
immediate xori, 0x0, -2048, 0xfffff800
immediate xori, 0x7f, -2048, 0xfffff87f
immediate xori, 0xdeadbeef, -2048, 0x215246ef
immediate xori, 0x80000000, 1365, 0x80000555
immediate xori, 0x1, 1365, 0x554
immediate xori, 0xdeadbeef, 1365, 0xdeadbbba
immediate xori, 0xaaaaaaaa, -1366, 0x55555000
immediate xori, 0xaaaaaaaa, -1366, 0x55555000
immediate xori, 0xdeadbeef, -1366, 0x21524445
immediate_of_zero xori, -1366, 0xfffffaaa
immediate xori, 0x7f, 255, 0x80
immediate xori, 0x8000, 255, 0x80ff
immediate xori, 0xdeadbeef, 255, 0xdeadbe10
#endif
finish
