# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
immediate bexti, 0x1, 0, 0x1
immediate bexti, 0xffffffffffffffff, 0, 0x1
immediate bexti, 0xdeadbeef, 0, 0x1
immediate_of_zero bexti, 0, 0x0
immediate bexti, 0x7fffffffffffffff, 1, 0x1
immediate bexti, 0xdeadbeef, 1, 0x1
immediate bexti, 0xdeadbeef, 1, 0x1
immediate bexti, 0xdeadbeef, 4, 0x0
immediate bexti, 0x12345678, 4, 0x1
immediate bexti, 0xdeadbeef, 4, 0x0
immediate bexti, 0x80, 7, 0x1
immediate bexti, 0xffffffff80000000, 7, 0x0
immediate bexti, 0xdeadbeef, 7, 0x1
immediate_of_zero bexti, 7, 0x0
immediate bexti, 0x7fffffff, 15, 0x1
immediate bexti, 0x8000000000000000, 15, 0x0
immediate bexti, 0xdeadbeef, 15, 0x1
immediate bexti, 0x100000000, 16, 0x0
immediate bexti, 0x3f, 16, 0x0
immediate bexti, 0xdeadbeef, 16, 0x1
immediate bexti, 0x0, 34, 0x0
immediate bexti, 0x7fffffff, 34, 0x0
immediate bexti, 0xdeadbeef, 34, 0x0
immediate_of_zero bexti, 34, 0x0
immediate bexti, 0x8000000000000000, 62, 0x0
immediate bexti, 0x123456789abcdef, 62, 0x0
immediate bexti, 0xdeadbeef, 62, 0x0
immediate bexti, 0xaaaaaaaaaaaaaaaa, 63, 0x1
immediate bexti, 0x7fffffffffffffff, 63, 0x0
immediate bexti, 0xdeadbeef, 63, 0x0
#else
immediate bexti, 0x1, 0, 0x1
immediate bexti, 0xffffffff, 0, 0x1
immediate bexti, 0xdeadbeef, 0, 0x1
immediate_of_zero bexti, 0, 0x0
immediate bexti, 0x7fffffff, 1, 0x1
immediate bexti, 0xdeadbeef, 1, 0x1
immediate bexti, 0xdeadbeef, 1, 0x1
immediate bexti, 0xdeadbeef, 4, 0x0
immediate bexti, 0x12345678, 4, 0x1
immediate bexti, 0xdeadbeef, 4, 0x0
immediate bexti, 0x80, 7, 0x1
immediate bexti, 0x7fffffff, 7, 0x1
immediate bexti, 0xdeadbeef, 7, 0x1
immediate_of_zero bexti, 7, 0x0
immediate bexti, 0x0, 15, 0x0
immediate bexti, 0x7f, 15, 0x0
immediate bexti, 0xdeadbeef, 15, 0x1
immediate bexti, 0x80000000, 16, 0x0
immediate bexti, 0x1, 16, 0x0
immediate bexti, 0xdeadbeef, 16, 0x1
immediate bexti, 0xaaaaaaaa, 18, 0x0
immediate bexti, 0xaaaaaaaa, 18, 0x0
immediate bexti, 0xdeadbeef, 18, 0x1
immediate_of_zero bexti, 18, 0x0
immediate bexti, 0x7f, 30, 0x0
immediate bexti, 0x8000, 30, 0x0
immediate bexti, 0xdeadbeef, 30, 0x1
immediate bexti, 0x12345678, 31, 0x0
immediate bexti, 0x80000000, 31, 0x1
immediate bexti, 0xdeadbeef, 31, 0x1
#endif
finish
