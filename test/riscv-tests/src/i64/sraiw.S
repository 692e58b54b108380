# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
immediate sraiw, 0x1, 0, 0x1
immediate sraiw, 0xffffffffffffffff, 0, 0xffffffffffffffff
immediate sraiw, 0xdeadbeef, 0, 0xffffffffdeadbeef
immediate_of_zero sraiw, 0, 0x0
immediate sraiw, 0x7fffffffffffffff, 1, 0xffffffffffffffff
immediate sraiw, 0xdeadbeef, 1, 0xffffffffef56df77
immediate sraiw, 0xdeadbeef, 1, 0xffffffffef56df77
immediate sraiw, 0xdeadbeef, 4, 0xfffffffffdeadbee
immediate sraiw, 0x12345678, 4, 0x1234567
immediate sraiw, 0xdeadbeef, 4, 0xfffffffffdeadbee
immediate sraiw, 0x80, 7, 0x1
immediate sraiw, 0xffffffff80000000, 7, 0xffffffffff000000
immediate sraiw, 0xdeadbeef, 7, 0xffffffffffbd5b7d
immediate_of_zero sraiw, 7, 0x0
immediate sraiw, 0x7fffffff, 15, 0xffff
immediate sraiw, 0x8000000000000000, 15, 0x0
immediate sraiw, 0xdeadbeef, 15, 0xffffffffffffbd5b
immediate sraiw, 0x100000000, 16, 0x0
immediate sraiw, 0x3f, 16, 0x0
immediate sraiw, 0xdeadbeef, 16, 0xffffffffffffdead
immediate sraiw, 0x0, 18, 0x0
immediate sraiw, 0x7fffffff, 18, 0x1fff
immediate sraiw, 0xdeadbeef, 18, 0xfffffffffffff7ab
immediate_of_zero sraiw, 18, 0x0
immediate sraiw, 0x8000000000000000, 30, 0x0
immediate sraiw, 0x123456789abcdef, 30, 0xfffffffffffffffe
immediate sraiw, 0xdeadbeef, 30, 0xffffffffffffffff
immediate sraiw, 0xaaaaaaaaaaaaaaaa, 31, 0xffffffffffffffff
immediate sraiw, 0x7fffffffffffffff, 31, 0xffffffffffffffff
immediate sraiw, 0xdeadbeef, 31, 0xffffffffffffffff
finish
