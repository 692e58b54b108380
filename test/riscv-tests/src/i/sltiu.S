# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
immediate sltiu, 0x1, 0, 0x0
immediate sltiu, 0xffffffffffffffff, 0, 0x0
immediate sltiu, 0xdeadbeef, 0, 0x0
immediate_of_zero sltiu, 0, 0x0
immediate sltiu, 0x7fffffffffffffff, 1, 0x0
immediate sltiu, 0xdeadbeef, 1, 0x0
immediate sltiu, 0xdeadbeef, 1, 0x0
immediate sltiu, 0xdeadbeef, -1, 0x1
immediate sltiu, 0x12345678, -1, 0x1
immediate sltiu, 0xdeadbeef, -1, 0x1
immediate sltiu, 0x80, 2047, 0x1
immediate sltiu, 0xffffffff80000000, 2047, 0x0
immediate sltiu, 0xdeadbeef, 2047, 0x0
immediate_of_zero sltiu, 2047, 0x1
immediate sltiu, 0x7fffffff, -2048, 0x1
immediate sltiu, 0x8000000000000000, -2048, 0x1
immediate sltiu, 0xdeadbeef, -2048, 0x1
immediate sltiu, 0x100000000, 1365, 0x0
immediate sltiu, 0x3f, 1365, 0x1
immediate sltiu, 0xdeadbeef, 1365, 0x0
immediate sltiu, 0x0, -1366, 0x1
immediate sltiu, 0x7fffffff, -1366, 0x1
immediate sltiu, 0xdeadbeef, -1366, 0x1
immediate_of_zero sltiu, -1366, 0x1
immediate sltiu, 0x8000000000000000, 255, 0x0
immediate sltiu, 0x123456789abcdef, 255, 0x0
immediate sltiu, 0xdeadbeef, 255, 0x0
#else
immediate sltiu, 0x1, 0, 0x0
immediate sltiu, 0xffffffff, 0, 0x0
immediate sltiu, 0xdeadbeef, 0, 0x0
immediate_of_zero sltiu, 0, 0x0
immediate sltiu, 0x7fffffff, 1, 0x0
immediate sltiu, 0xdeadbeef, 1, 0x0
immediate sltiu, 0xdeadbeef, 1, 0x0
immediate sltiu, 0xdeadbeef, -1, 0x1
immediate sltiu, 0x12345678, -1, 0x1
immediate sltiu, 0xdeadbeef, -1, 0x1
immediate sltiu, 0x80, 2047, 0x1
immediate sltiu, 0x7fffffff, 2047, 0x0
immediate sltiu, 0xdeadbeef, 2047, 0x0
immediate_of_zero sltiu, 2047, 0x1
immediate sltiu, 0x0, -2048, 0x1
immediate sltiu, 0x7f, -2048, 0x1
immediate sltiu, 0xdeadbeef, -2048, 0x1
immediate sltiu, 0x80000000, 1365, 0x0
immediate sltiu, 0x1, 1365, 0x1
immediate sltiu, 0xdeadbeef, 1365, 0x0
immediate sltiu, 0xaaaaaaaa, -1366, 0x1
immediate sltiu, 0xaaaaaaaa, -1366, 0x1
immediate sltiu, 0xdeadbeef, -1366, 0x1
immediate_of_zero sltiu, -1366, 0x1
immediate sltiu, 0x7f, 255, 0x1
immediate sltiu, 0x8000, 255, 0x0
immediate sltiu, 0xdeadbeef, 255, 0x0
#endif
finish
