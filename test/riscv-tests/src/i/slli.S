# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
immediate slli, 0x1, 0, 0x1
immediate slli, 0xffffffffffffffff, 0, 0xffffffffffffffff
immediate slli, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero slli, 0, 0x0
immediate slli, 0x7fffffffffffffff, 1, 0xfffffffffffffffe
immediate slli, 0xdeadbeef, 1, 0x1bd5b7dde
immediate slli, 0xdeadbeef, 1, 0x1bd5b7dde
immediate slli, 0xdeadbeef, 4, 0xdeadbeef0
immediate slli, 0x12345678, 4, 0x123456780
immediate slli, 0xdeadbeef, 4, 0xdeadbeef0
immediate slli, 0x80, 7, 0x4000
immediate slli, 0xffffffff80000000, 7, 0xffffffc000000000
immediate slli, 0xdeadbeef, 7, 0x6f56df7780
immediate_of_zero slli, 7, 0x0
immediate slli, 0x7fffffff, 15, 0x3fffffff8000
immediate slli, 0x8000000000000000, 15, 0x0
immediate slli, 0xdeadbeef, 15, 0x6f56df778000
immediate slli, 0x100000000, 16, 0x1000000000000
immediate slli, 0x3f, 16, 0x3f0000
immediate slli, 0xdeadbeef, 16, 0xdeadbeef0000
immediate slli, 0x0, 34, 0x0
immediate slli, 0x7fffffff, 34, 0xfffffffc00000000
immediate slli, 0xdeadbeef, 34, 0x7ab6fbbc00000000
immediate_of_zero slli, 34, 0x0
immediate slli, 0x8000000000000000, 62, 0x0
immediate slli, 0x123456789abcdef, 62, 0xc000000000000000
immediate slli, 0xdeadbeef, 62, 0xc000000000000000
immediate slli, 0xaaaaaaaaaaaaaaaa, 63, 0x0
immediate slli, 0x7fffffffffffffff, 63, 0x8000000000000000
immediate slli, 0xdeadbeef, 63, 0x8000000000000000
#else
immediate slli, 0x1, 0, 0x1
immediate slli, 0xffffffff, 0, 0xffffffff
immediate slli, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero slli, 0, 0x0
immediate slli, 0x7fffffff, 1, 0xfffffffe
immediate slli, 0xdeadbeef, 1, 0xbd5b7dde
immediate slli, 0xdeadbeef, 1, 0xbd5b7dde
immediate slli, 0xdeadbeef, 4, 0xeadbeef0
immediate slli, 0x12345678, 4, 0x23456780
immediate slli, 0xdeadbeef, 4, 0xeadbeef0
immediate slli, 0x80, 7, 0x4000
immediate slli, 0x7fffffff, 7, 0xffffff80
immediate slli, 0xdeadbeef, 7, 0x56df7780
immediate_of_zero slli, 7, 0x0
immediate slli, 0x0, 15, 0x0
immediate slli, 0x7f, 15, 0x3f8000
immediate slli, 0xdeadbeef, 15, 0xdf778000
immediate slli, 0x80000000, 16, 0x0
immediate slli, 0x1, 16, 0x10000
immediate slli, 0xdeadbeef, 16, 0xbeef0000
immediate slli, 0xaaaaaaaa, 18, 0xaaa80000
immediate slli, 0xaaaaaaaa, 18, 0xaaa80000
immediate slli, 0xdeadbeef, 18, 0xfbbc0000
immediate_of_zero slli, 18, 0x0
immediate slli, 0x7f, 30, 0xc0000000
immediate slli, 0x8000, 30, 0x0
immediate slli, 0xdeadbeef, 30, 0xc0000000
immediate slli, 0x12345678, 31, 0x0
immediate slli, 0x80000000, 31, 0x0
immediate slli, 0xdeadbeef, 31, 0x80000000
#endif
finish
