# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
immediate andi, 0x1, 0, 0x0
immediate andi, 0xffffffffffffffff, 0, 0x0
immediate andi, 0xdeadbeef, 0, 0x0
immediate_of_zero andi, 0, 0x0
immediate andi, 0x7fffffffffffffff, 1, 0x1
immediate andi, 0xdeadbeef, 1, 0x1
immediate andi, 0xdeadbeef, 1, 0x1
immediate andi, 0xdeadbeef, -1, 0xdeadbeef
immediate andi, 0x12345678, -1, 0x12345678
immediate andi, 0xdeadbeef, -1, 0xdeadbeef
immediate andi, 0x80, 2047, 0x80
immediate andi, 0xffffffff80000000, 2047, 0x0
immediate andi, 0xdeadbeef, 2047, 0x6ef
immediate_of_zero andi, 2047, 0x0
immediate andi, 0x7fffffff, -2048, 0x7ffff800
immediate andi, 0x8000000000000000, -2048, 0x8000000000000000
immediate andi, 0xdeadbeef, -2048, 0xdeadb800
immediate andi, 0x100000000, 1365, 0x0
immediate andi, 0x3f, 1365, 0x15
immediate andi, 0xdeadbeef, 1365, 0x445
immediate andi, 0x0, -1366, 0x0
immediate andi, 0x7fffffff, -1366, 0x7ffffaaa
immediate andi, 0xdeadbeef, -1366, 0xdeadbaaa
immediate_of_zero andi, -1366, 0x0
immediate andi, 0x8000000000000000, 255, 0x0
immediate andi, 0x123456789abcdef, 255, 0xef
immediate andi, 0xdeadbeef, 255, 0xef
#else
immediate andi, 0x1, 0, 0x0
immediate andi, 0xffffffff, 0, 0x0
immediate andi, 0xdeadbeef, 0, 0x0
immediate_of_zero andi, 0, 0x0
immediate andi, 0x7fffffff, 1, 0x1
immediate andi, 0xdeadbeef, 1, 0x1
immediate andi, 0xdeadbeef, 1, 0x1
immediate andi, 0xdeadbeef, -1, 0xdeadbeef
immediate andi, 0x12345678, -1, 0x12345678
immediate andi, 0xdeadbeef, -1, 0xdeadbeef
immediate andi, 0x80, 2047, 0x80
immediate andi, 0x7fffffff, 2047, 0x7ff
immediate andi, 0xdeadbeef, 2047, 0x6ef
immediate_of_zero andi, 2047, 0x0
immediate andi, 0x0, -2048, 0x0
immediate andi, 0x7f, -2048, 0x0
immediate andi, 0xdeadbeef, -2048, 0xdeadb800
immediate andi, 0x80000000, 1365, 0x0
immediate andi, 0x1, 1365, 0x1
immediate andi, 0xdeadbeef, 1365, 0x445
immediate andi, 0xaaaaaaaa, -1366, 0xaaaaaaaa
immediate andi, 0xaaaaaaaa, -1366, 0xaaaaaaaa
immediate andi, 0xdeadbeef, -1366, 0xdeadbaaa
immediate_of_zero andi, -1366, 0x0
immediate andi, 0x7f, 255, 0x7f
immediate andi, 0x8000, 255, 0x0
immediate andi, 0xdeadbeef, 255, 0xef
#endif
finish
