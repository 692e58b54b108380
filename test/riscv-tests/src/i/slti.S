# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
immediate slti, 0x1, 0, 0x0
immediate slti, 0xffffffffffffffff, 0, 0x1
immediate slti, 0xdeadbeef, 0, 0x0
immediate_of_zero slti, 0, 0x0
immediate slti, 0x7fffffffffffffff, 1, 0x0
immediate slti, 0xdeadbeef, 1, 0x0
immediate slti, 0xdeadbeef, 1, 0x0
immediate slti, 0xdeadbeef, -1, 0x0
immediate slti, 0x12345678, -1, 0x0
immediate slti, 0xdeadbeef, -1, 0x0
immediate slti, 0x80, 2047, 0x1
immediate slti, 0xffffffff80000000, 2047, 0x1
immediate slti, 0xdeadbeef, 2047, 0x0
immediate_of_zero slti, 2047, 0x1
immediate slti, 0x7fffffff, -2048, 0x0
immediate slti, 0x8000000000000000, -2048, 0x1
immediate slti, 0xdeadbeef, -2048, 0x0
immediate slti, 0x100000000, 1365, 0x0
immediate slti, 0x3f, 1365, 0x1
immediate slti, 0xdeadbeef, 1365, 0x0
immediate slti, 0x0, -1366, 0x0
immediate slti, 0x7fffffff, -1366, 0x0
immediate slti, 0xdeadbeef, -1366, 0x0
immediate_of_zero slti, -1366, 0x0
immediate slti, 0x8000000000000000, 255, 0x1
immediate slti, 0x123456789abcdef, 255, 0x0
immediate slti, 0xdeadbeef, 255, 0x0
#else
immediate slti, 0x1, 0, 0x0
immediate slti, 0xffffffff, 0, 0x1
immediate slti, 0xdeadbeef, 0, 0x1
immediate_of_zero slti, 0, 0x0
immediate slti, 0x7fffffff, 1, 0x0
immediate slti, 0xdeadbeef, 1, 0x1
immediate slti, 0xdeadbeef, 1, 0x1
immediate slti, 0xdeadbeef, -1, 0x1
immediate slti, 0x12345678, -1, 0x0
immediate slti, 0xdeadbeef, -1, 0x1
immediate slti, 0x80, 2047, 0x1
immediate slti, 0x7fffffff, 2047, 0x0
immediate slti, 0xdeadbeef, 2047, 0x1
immediate_of_zero slti, 2047, 0x1
immediate slti, 0x0, -2048, 0x0
immediate slti, 0x7f, -2048, 0x0
immediate slti, 0xdeadbeef, -2048, 0x1
immediate slti, 0x80000000, 1365, 0x1
immediate slti, 0x1, 1365, 0x1
immediate slti, 0xdeadbeef, 1365, 0x1
immediate slti, 0xaaaaaaaa, -1366, 0x1
immediate slti, 0xaaaaaaaa, -1366, 0x1
immediate slti, 0xdeadbeef, -1366, 0x1
immediate_of_zero slti, -1366, 0x0
immediate slti, 0x7f, 255, 0x1
immediate slti, 0x8000, 255, 0x0
immediate slti, 0xdeadbeef, 255, 0x1
#endif
finish
