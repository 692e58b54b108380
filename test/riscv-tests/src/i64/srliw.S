# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
immediate srliw, 0x1, 0, 0x1
immediate srliw, 0xffffffffffffffff, 0, 0xffffffffffffffff
immediate srliw, 0xdeadbeef, 0, 0xffffffffdeadbeef
immediate_of_zero srliw, 0, 0x0
immediate srliw, 0x7fffffffffffffff, 1, 0x7fffffff
immediate srliw, 0xdeadbeef, 1, 0x6f56df77
immediate srliw, 0xdeadbeef, 1, 0x6f56df77
immediate srliw, 0xdeadbeef, 4, 0xdeadbee
immediate srliw, 0x12345678, 4, 0x1234567
immediate srliw, 0xdeadbeef, 4, 0xdeadbee
immediate srliw, 0x80, 7, 0x1
immediate srliw, 0xffffffff80000000, 7, 0x1000000
immediate srliw, 0xdeadbeef, 7, 0x1bd5b7d
immediate_of_zero srliw, 7, 0x0
immediate srliw, 0x7fffffff, 15, 0xffff
immediate srliw, 0x8000000000000000, 15, 0x0
immediate srliw, 0xdeadbeef, 15, 0x1bd5b
immediate srliw, 0x100000000, 16, 0x0
immediate srliw, 0x3f, 16, 0x0
immediate srliw, 0xdeadbeef, 16, 0xdead
immediate srliw, 0x0, 18, 0x0
immediate srliw, 0x7fffffff, 18, 0x1fff
immediate srliw, 0xdeadbeef, 18, 0x37ab
immediate_of_zero srliw, 18, 0x0
immediate srliw, 0x8000000000000000, 30, 0x0
immediate srliw, 0x123456789abcdef, 30, 0x2
immediate srliw, 0xdeadbeef, 30, 0x3
immediate srliw, 0xaaaaaaaaaaaaaaaa, 31, 0x1
immediate srliw, 0x7fffffffffffffff, 31, 0x1
immediate srliw, 0xdeadbeef, 31, 0x1
finish
