# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
immediate bclri, 0x1, 0, 0x0
immediate bclri, 0xffffffffffffffff, 0, 0xfffffffffffffffe
immediate bclri, 0xdeadbeef, 0, 0xdeadbeee
immediate_of_zero bclri, 0, 0x0
immediate bclri, 0x7fffffffffffffff, 1, 0x7ffffffffffffffd
immediate bclri, 0xdeadbeef, 1, 0xdeadbeed
immediate bclri, 0xdeadbeef, 1, 0xdeadbeed
immediate bclri, 0xdeadbeef, 4, 0xdeadbeef
immediate bclri, 0x12345678, 4, 0x12345668
immediate bclri, 0xdeadbeef, 4, 0xdeadbeef
immediate bclri, 0x80, 7, 0x0
immediate bclri, 0xffffffff80000000, 7, 0xffffffff80000000
immediate bclri, 0xdeadbeef, 7, 0xdeadbe6f
immediate_of_zero bclri, 7, 0x0
immediate bclri, 0x7fffffff, 15, 0x7fff7fff
immediate bclri, 0x8000000000000000, 15, 0x8000000000000000
immediate bclri, 0xdeadbeef, 15, 0xdead3eef
immediate bclri, 0x100000000, 16, 0x100000000
immediate bclri, 0x3f, 16, 0x3f
immediate bclri, 0xdeadbeef, 16, 0xdeacbeef
immediate bclri, 0x0, 34, 0x0
immediate bclri, 0x7fffffff, 34, 0x7fffffff
immediate bclri, 0xdeadbeef, 34, 0xdeadbeef
immediate_of_zero bclri, 34, 0x0
immediate bclri, 0x8000000000000000, 62, 0x8000000000000000
immediate bclri, 0x123456789abcdef, 62, 0x123456789abcdef
immediate bclri, 0xdeadbeef, 62, 0xdeadbeef
immediate bclri, 0xaaaaaaaaaaaaaaaa, 63, 0x2aaaaaaaaaaaaaaa
immediate bclri, 0x7fffffffffffffff, 63, 0x7fffffffffffffff
immediate bclri, 0xdeadbeef, 63, 0xdeadbeef
#else
immediate bclri, 0x1, 0, 0x0
immediate bclri, 0xffffffff, 0, 0xfffffffe
immediate bclri, 0xdeadbeef, 0, 0xdeadbeee
immediate_of_zero bclri, 0, 0x0
immediate bclri, 0x7fffffff, 1, 0x7ffffffd
immediate bclri, 0xdeadbeef, 1, 0xdeadbeed
immediate bclri, 0xdeadbeef, 1, 0xdeadbeed
immediate bclri, 0xdeadbeef, 4, 0xdeadbeef
immediate bclri, 0x12345678, 4, 0x12345668
immediate bclri, 0xdeadbeef, 4, 0xdeadbeef
immediate bclri, 0x80, 7, 0x0
immediate bclri, 0x7fffffff, 7, 0x7fffff7f
immediate bclri, 0xdeadbeef, 7, 0xdeadbe6f
immediate_of_zero bclri, 7, 0x0
immediate bclri, 0x0, 15, 0x0
immediate bclri, 0x7f, 15, 0x7f
immediate bclri, 0xdeadbeef, 15, 0xdead3eef
immediate bclri, 0x80000000, 16, 0x80000000
immediate bclri, 0x1, 16, 0x1
immediate bclri, 0xdeadbeef, 16, 0xdeacbeef
immediate bclri, 0xaaaaaaaa, 18, 0xaaaaaaaa
immediate bclri, 0xaaaaaaaa, 18, 0xaaaaaaaa
immediate bclri, 0xdeadbeef, 18, 0xdea9beef
immediate_of_zero bclri, 18, 0x0
immediate bclri, 0x7f, 30, 0x7f
immediate bclri, 0x8000, 30, 0x8000
immediate bclri, 0xdeadbeef, 30, 0x9eadbeef
immediate bclri, 0x12345678, 31, 0x12345678
immediate bclri, 0x80000000, 31, 0x0
immediate bclri, 0xdeadbeef, 31, 0x5eadbeef
#endif
finish
