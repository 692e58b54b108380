# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
immediate bseti, 0x1, 0, 0x1
immediate bseti, 0xffffffffffffffff, 0, 0xffffffffffffffff
immediate bseti, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero bseti, 0, 0x1
immediate bseti, 0x7fffffffffffffff, 1, 0x7fffffffffffffff
immediate bseti, 0xdeadbeef, 1, 0xdeadbeef
immediate bseti, 0xdeadbeef, 1, 0xdeadbeef
immediate bseti, 0xdeadbeef, 4, 0xdeadbeff
immediate bseti, 0x12345678, 4, 0x12345678
immediate bseti, 0xdeadbeef, 4, 0xdeadbeff
immediate bseti, 0x80, 7, 0x80
immediate bseti, 0xffffffff80000000, 7, 0xffffffff80000080
immediate bseti, 0xdeadbeef, 7, 0xdeadbeef
immediate_of_zero bseti, 7, 0x80
immediate bseti, 0x7fffffff, 15, 0x7fffffff
immediate bseti, 0x8000000000000000, 15, 0x8000000000008000
immediate bseti, 0xdeadbeef, 15, 0xdeadbeef
immediate bseti, 0x100000000, 16, 0x100010000
immediate bseti, 0x3f, 16, 0x1003f
immediate bseti, 0xdeadbeef, 16, 0xdeadbeef
immediate bseti, 0x0, 34, 0x400000000
immediate bseti, 0x7fffffff, 34, 0x47fffffff
immediate bseti, 0xdeadbeef, 34, 0x4deadbeef
immediate_of_zero bseti, 34, 0x400000000
immediate bseti, 0x8000000000000000, 62, 0xc000000000000000
immediate bseti, 0x123456789abcdef, 62, 0x4123456789abcdef
immediate bseti, 0xdeadbeef, 62, 0x40000000deadbeef
immediate bseti, 0xaaaaaaaaaaaaaaaa, 63, 0xaaaaaaaaaaaaaaaa
immediate bseti, 0x7fffffffffffffff, 63, 0xffffffffffffffff
immediate bseti, 0xdeadbeef, 63, 0x80000000deadbeef
#else
immediate bseti, 0x1, 0, 0x1
immediate bseti, 0xffffffff, 0, 0xffffffff
immediate bseti, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero bseti, 0, 0x1
immediate bseti, 0x7fffffff, 1, 0x7fffffff
immediate bseti, 0xdeadbeef, 1, 0xdeadbeef
immediate bseti, 0xdeadbeef, 1, 0xdeadbeef
immediate bseti, 0xdeadbeef, 4, 0xdeadbeff
immediate bseti, 0x12345678, 4, 0x12345678
immediate bseti, 0xdeadbeef, 4, 0xdeadbeff
immediate bseti, 0x80, 7, 0x80
immediate bseti, 0x7fffffff, 7, 0x7fffffff
immediate bseti, 0xdeadbeef, 7, 0xdeadbeef
immediate_of_zero bseti, 7, 0x80
immediate bseti, 0x0, 15, 0x8000
immediate bseti, 0x7f, 15, 0x807f
immediate bseti, 0xdeadbeef, 15, 0xdeadbeef
immediate bseti, 0x80000000, 16, 0x80010000
immediate bseti, 0x1, 16, 0x10001
immediate bseti, 0xdeadbeef, 16, 0xdeadbeef
immediate bseti, 0xaaaaaaaa, 18, 0xaaaeaaaa
immediate bseti, 0xaaaaaaaa, 18, 0xaaaeaaaa
immediate bseti, 0xdeadbeef, 18, 0xdeadbeef
immediate_of_zero bseti, 18, 0x40000
immediate bseti, 0x7f, 30, 0x4000007f
immediate bseti, 0x8000, 30, 0x40008000
immediate bseti, 0xdeadbeef, 30, 0xdeadbeef
immediate bseti, 0x12345678, 31, 0x92345678
immediate bseti, 0x80000000, 31, 0x80000000
immediate bseti, 0xdeadbeef, 31, 0xdeadbeef
#endif
finish
