# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
immediate addiw, 0x1, 0, 0x1
immediate addiw, 0xffffffffffffffff, 0, 0xffffffffffffffff
immediate addiw, 0xdeadbeef, 0, 0xffffffffdeadbeef
immediate_of_zero addiw, 0, 0x0
immediate addiw, 0x7fffffffffffffff, 1, 0x0
immediate addiw, 0xdeadbeef, 1, 0xffffffffdeadbef0
immediate addiw, 0xdeadbeef, 1, 0xffffffffdeadbef0
immediate addiw, 0xdeadbeef, -1, 0xffffffffdeadbeee
immediate addiw, 0x12345678, -1, 0x12345677
immediate addiw, 0xdeadbeef, -1, 0xffffffffdeadbeee
immediate addiw, 0x80, 2047, 0x87f
immediate addiw, 0xffffffff80000000, 2047, 0xffffffff800007ff
immediate addiw, 0xdeadbeef, 2047, 0xffffffffdeadc6ee
immediate_of_zero addiw, 2047, 0x7ff
immediate addiw, 0x7fffffff, -2048, 0x7ffff7ff
immediate addiw, 0x8000000000000000, -2048, 0xfffffffffffff800
immediate addiw, 0xdeadbeef, -2048, 0xffffffffdeadb6ef
immediate addiw, 0x100000000, 1365, 0x555
immediate addiw, 0x3f, 1365, 0x594
immediate addiw, 0xdeadbeef, 1365, 0xffffffffdeadc444
immediate addiw, 0x0, -1366, 0xfffffffffffffaaa
immediate addiw, 0x7fffffff, -1366, 0x7ffffaa9
immediate addiw, 0xdeadbeef, -1366, 0xffffffffdeadb999
immediate_of_zero addiw, -1366, 0xfffffffffffffaaa
immediate addiw, 0x8000000000000000, 255, 0xff
immediate addiw, 0x123456789abcdef, 255, 0xffffffff89abceee
immediate addiw, 0xdeadbeef, 255, 0xffffffffdeadbfee
finish
