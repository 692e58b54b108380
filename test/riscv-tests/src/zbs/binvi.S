# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
immediate binvi, 0x1, 0, 0x0
immediate binvi, 0xffffffffffffffff, 0, 0xfffffffffffffffe
immediate binvi, 0xdeadbeef, 0, 0xdeadbeee
immediate_of_zero binvi, 0, 0x1
immediate binvi, 0x7fffffffffffffff, 1, 0x7ffffffffffffffd
immediate binvi, 0xdeadbeef, 1, 0xdeadbeed
immediate binvi, 0xdeadbeef, 1, 0xdeadbeed
immediate binvi, 0xdeadbeef, 4, 0xdeadbeff
immediate binvi, 0x12345678, 4, 0x12345668
immediate binvi, 0xdeadbeef, 4, 0xdeadbeff
immediate binvi, 0x80, 7, 0x0
immediate binvi, 0xffffffff80000000, 7, 0xffffffff80000080
immediate binvi, 0xdeadbeef, 7, 0xdeadbe6f
immediate_of_zero binvi, 7, 0x80
immediate binvi, 0x7fffffff, 15, 0x7fff7fff
immediate binvi, 0x8000000000000000, 15, 0x8000000000008000
immediate binvi, 0xdeadbeef, 15, 0xdead3eef
immediate binvi, 0x100000000, 16, 0x100010000
immediate binvi, 0x3f, 16, 0x1003f
immediate binvi, 0xdeadbeef, 16, 0xdeacbeef
immediate binvi, 0x0, 34, 0x400000000
immediate binvi, 0x7fffffff, 34, 0x47fffffff
immediate binvi, 0xdeadbeef, 34, 0x4deadbeef
immediate_of_zero binvi, 34, 0x400000000
immediate binvi, 0x8000000000000000, 62, 0xc000000000000000
immediate binvi, 0x123456789abcdef, 62, 0x4123456789abcdef
immediate binvi, 0xdeadbeef, 62, 0x40000000deadbeef
immediate binvi, 0xaaaaaaaaaaaaaaaa, 63, 0x2aaaaaaaaaaaaaaa
immediate binvi, 0x7fffffffffffffff, 63, 0xffffffffffffffff
immediate binvi, 0xdeadbeef, 63, 0x80000000deadbeef
#else
immediate binvi, 0x1, 0, 0x0
immediate binvi, 0xffffffff, 0, 0xfffffffe
immediate binvi, 0xdeadbeef, 0, 0xdeadbeee
immediate_of_zero binvi, 0, 0x1
immediate binvi, 0x7fffffff, 1, 0x7ffffffd
immediate binvi, 0xdeadbeef, 1, 0xdeadbeed
immediate binvi, 0xdeadbeef, 1, 0xdeadbeed
immediate binvi, 0xdeadbeef, 4, 0xdeadbeff
immediate binvi, 0x12345678, 4, 0x12345668
immediate binvi, 0xdeadbeef, 4, 0xdeadbeff
immediate binvi, 0x80, 7, 0x0
immediate binvi, 0x7fffffff, 7, 0x7fffff7f
immediate binvi, 0xdeadbeef, 7, 0xdeadbe6f
immediate_of_zero binvi, 7, 0x80
immediate binvi, 0x0, 15, 0x8000
immediate binvi, 0x7f, 15, 0x807f
immediate binvi, 0xdeadbeef, 15, 0xdead3eef
immediate binvi, 0x80000000, 16, 0x80010000
immediate binvi, 0x1, 16, 0x10001
immediate binvi, 0xdeadbeef, 16, 0xdeacbeef
immediate binvi, 0xaaaaaaaa, 18, 0xaaaeaaaa
immediate binvi, 0xaaaaaaaa, 18, 0xaaaeaaaa
immediate binvi, 0xdeadbeef, 18, 0xdea9beef
immediate_of_zero binvi, 18, 0x40000
immediate binvi, 0x7f, 30, 0x4000007f
immediate binvi, 0x8000, 30, 0x40008000
immediate binvi, 0xdeadbeef, 30, 0x9eadbeef
immediate binvi, 0x12345678, 31, 0x92345678
immediate binvi, 0x80000000, 31, 0x0
immediate binvi, 0xdeadbeef, 31, 0x5eadbeef
#endif
finish
