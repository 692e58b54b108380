# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
immediate slliw, 0x1, 0, 0x1
immediate slliw, 0xffffffffffffffff, 0, 0xffffffffffffffff
immediate slliw, 0xdeadbeef, 0, 0xffffffffdeadbeef
immediate_of_zero slliw, 0, 0x0
immediate slliw, 0x7fffffffffffffff, 1, 0xfffffffffffffffe
immediate slliw, 0xdeadbeef, 1, 0xffffffffbd5b7dde
immediate slliw, 0xdeadbeef, 1, 0xffffffffbd5b7dde
immediate slliw, 0xdeadbeef, 4, 0xffffffffeadbeef0
immediate slliw, 0x12345678, 4, 0x23456780
immediate slliw, 0xdeadbeef, 4, 0xffffffffeadbeef0
immediate slliw, 0x80, 7, 0x4000
immediate slliw, 0xffffffff80000000, 7, 0x0
immediate slliw, 0xdeadbeef, 7, 0x56df7780
immediate_of_zero slliw, 7, 0x0
immediate slliw, 0x7fffffff, 15, 0xffffffffffff8000
immediate slliw, 0x8000000000000000, 15, 0x0
immediate slliw, 0xdeadbeef, 15, 0xffffffffdf778000
immediate slliw, 0x100000000, 16, 0x0
immediate slliw, 0x3f, 16, 0x3f0000
immediate slliw, 0xdeadbeef, 16, 0xffffffffbeef0000
immediate slliw, 0x0, 18, 0x0
immediate slliw, 0x7fffffff, 18, 0xfffffffffffc0000
immediate slliw, 0xdeadbeef, 18, 0xfffffffffbbc0000
immediate_of_zero slliw, 18, 0x0
immediate slliw, 0x8000000000000000, 30, 0x0
immediate slliw, 0x123456789abcdef, 30, 0xffffffffc0000000
immediate slliw, 0xdeadbeef, 30, 0xffffffffc0000000
immediate slliw, 0xaaaaaaaaaaaaaaaa, 31, 0x0
immediate slliw, 0x7fffffffffffffff, 31, 0xffffffff80000000
immediate slliw, 0xdeadbeef, 31, 0xffffffff80000000
finish
