# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
immediate addi, 0x1, 0, 0x1
immediate addi, 0xffffffffffffffff, 0, 0xffffffffffffffff
immediate addi, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero addi, 0, 0x0
immediate addi, 0x7fffffffffffffff, 1, 0x8000000000000000
immediate addi, 0xdeadbeef, 1, 0xdeadbef0
immediate addi, 0xdeadbeef, 1, 0xdeadbef0
immediate addi, 0xdeadbeef, -1, 0xdeadbeee
immediate addi, 0x12345678, -1, 0x12345677
immediate addi, 0xdeadbeef, -1, 0xdeadbeee
immediate addi, 0x80, 2047, 0x87f
immediate addi, 0xffffffff80000000, 2047, 0xffffffff800007ff
immediate addi, 0xdeadbeef, 2047, 0xdeadc6ee
immediate_of_zero addi, 2047, 0x7ff
immediate addi, 0x7fffffff, -2048, 0x7ffff7ff
immediate addi, 0x8000000000000000, -2048, 0x7ffffffffffff800
immediate addi, 0xdeadbeef, -2048, 0xdeadb6ef
immediate addi, 0x100000000, 1365, 0x100000555
immediate addi, 0x3f, 1365, 0x594
immediate addi, 0xdeadbeef, 1365, 0xdeadc444
immediate addi, 0x0, -1366, 0xfffffffffffffaaa
immediate addi, 0x7fffffff, -1366, 0x7ffffaa9
immediate addi, 0xdeadbeef, -1366, 0xdeadb999
immediate_of_zero addi, -1366, 0xfffffffffffffaaa
immediate addi, 0x8000000000000000, 255, 0x80000000000000ff
immediate addi, 0x123456789abcdef, 255, 0x123456789abceee
immediate addi, 0xdeadbeef, 255, 0xdeadbfee
#else
immediate addi, 0x1, 0, 0x1
immediate addi, 0xffffffff, 0, 0xffffffff
immediate addi, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero addi, 0, 0x0
immediate addi, 0x7fffffff, 1, 0x80000000
immediate addi, 0xdeadbeef, 1, 0xdeadbef0
immediate addi, 0xdeadbeef, 1, 0xdeadbef0
immediate addi, 0xdeadbeef, -1, 0xdeadbeee
immediate addi, 0x12345678, -1, 0x12345677
immediate addi, 0xdeadbeef, -1, 0xdeadbeee
immediate addi, 0x80, 2047, 0x87f
immediate addi, 0x7fffffff, 2047, 0x800007fe
immediate addi, 0xdeadbeef, 2047, 0xdeadc6ee
immediate_of_zero addi, 2047, 0x7ff
immediate addi, 0x0, -2048, 0xfffff800
immediate addi, 0x7f, -2048, 0xfffff87f
immediate addi, 0xdeadbeef, -2048, 0xdeadb6ef
immediate addi, 0x80000000, 1365, 0x80000555
immediate addi, 0x1, 1365, 0x556
immediate addi, 0xdeadbeef, 1365, 0xdeadc444
immediate addi, 0xaaaaaaaa, -1366, 0xaaaaa554
immediate addi, 0xaaaaaaaa, -1366, 0xaaaaa554
immediate addi, 0xdeadbeef, -1366, 0xdeadb999
immediate_of_zero addi, -1366, 0xfffffaaa
immediate addi, 0x7f, 255, 0x17e
immediate addi, 0x8000, 255, 0x80ff
immediate addi, 0xdeadbeef, 255, 0xdeadbfee
#endif
finish
