# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
immediate ori, 0x1, 0, 0x1
immediate ori, 0xffffffffffffffff, 0, 0xffffffffffffffff
immediate ori, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero ori, 0, 0x0
immediate ori, 0x7fffffffffffffff, 1, 0x7fffffffffffffff
immediate ori, 0xdeadbeef, 1, 0xdeadbeef
immediate ori, 0xdeadbeef, 1, 0xdeadbeef
immediate ori, 0xdeadbeef, -1, 0xffffffffffffffff
immediate ori, 0x12345678, -1, 0xffffffffffffffff
immediate ori, 0xdeadbeef, -1, 0xffffffffffffffff
immediate ori, 0x80, 2047, 0x7ff
immediate ori, 0xffffffff80000000, 2047, 0xffffffff800007ff
immediate ori, 0xdeadbeef, 2047, 0xdeadbfff
immediate_of_zero ori, 2047, 0x7ff
immediate ori, 0x7fffffff, -2048, 0xffffffffffffffff
immediate ori, 0x8000000000000000, -2048, 0xfffffffffffff800
immediate ori, 0xdeadbeef, -2048, 0xfffffffffffffeef
immediate ori, 0x100000000, 1365, 0x100000555
immediate ori, 0x3f, 1365, 0x57f
immediate ori, 0xdeadbeef, 1365, 0xdeadbfff
immediate ori, 0x0, -1366, 0xfffffffffffffaaa
immediate ori, 0x7fffffff, -1366, 0xffffffffffffffff
immediate ori, 0xdeadbeef, -1366, 0xfffffffffffffeef
immediate_of_zero ori, -1366, 0xfffffffffffffaaa
immediate ori, 0x8000000000000000, 255, 0x80000000000000ff
immediate ori, 0x123456789abcdef, 255, 0x123456789abcdff
immediate ori, 0xdeadbeef, 255, 0xdeadbeff
#else
immediate ori, 0x1, 0, 0x1
immediate ori, 0xffffffff, 0, 0xffffffff
immediate ori, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero ori, 0, 0x0
immediate ori, 0x7fffffff, 1, 0x7fffffff
immediate ori, 0xdeadbeef, 1, 0xdeadbeef
immediate ori, 0xdeadbeef, 1, 0xdeadbeef
immediate ori, 0xdeadbeef, -1, 0xffffffff
immediate ori, 0x12345678, -1, 0xffffffff
immediate ori, 0xdeadbeef, -1, 0xffffffff
immediate ori, 0x80, 2047, 0x7ff
immediate ori, 0x7fffffff, 2047, 0x7fffffff
immediate ori, 0xdeadbeef, 2047, 0xdeadbfff
immediate_of_zero ori, 2047, 0x7ff
immediate ori, 0x0, -2048, 0xfffff800
immediate ori, 0x7f, -2048, 0xfffff87f
immediate ori, 0xdeadbeef, -2048, 0xfffffeef
immediate ori, 0x80000000, 1365, 0x80000555
immediate ori, 0x1, 1365, 0x555
immediate ori, 0xdeadbeef, 1365, 0xdeadbfff
immediate ori, 0xaaaaaaaa, -1366, 0xfffffaaa
immediate ori, 0xaaaaaaaa, -1366, 0xfffffaaa
immediate ori, 0xdeadbeef, -1366, 0xfffffeef
immediate_of_zero ori, -1366, 0xfffffaaa
immediate ori, 0x7f, 255, 0xff
immediate ori, 0x8000, 255, 0x80ff
immediate ori, 0xdeadbeef, 255, 0xdeadbeff
#endif
finish
