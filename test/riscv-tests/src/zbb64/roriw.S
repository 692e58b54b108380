# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
immediate roriw, 0x1, 0, 0x1
immediate roriw, 0xffffffffffffffff, 0, 0xffffffffffffffff
immediate roriw, 0xdeadbeef, 0, 0xffffffffdeadbeef
immediate_of_zero roriw, 0, 0x0
immediate roriw, 0x7fffffffffffffff, 1, 0xffffffffffffffff
immediate roriw, 0xdeadbeef, 1, 0xffffffffef56df77
immediate roriw, 0xdeadbeef, 1, 0xffffffffef56df77
immediate roriw, 0xdeadbeef, 4, 0xfffffffffdeadbee
immediate roriw, 0x12345678, 4, 0xffffffff81234567
immediate roriw, 0xdeadbeef, 4, 0xfffffffffdeadbee
immediate roriw, 0x80, 7, 0x1
immediate roriw, 0xffffffff80000000, 7, 0x1000000
immediate roriw, 0xdeadbeef, 7, 0xffffffffdfbd5b7d
immediate_of_zero roriw, 7, 0x0
immediate roriw, 0x7fffffff, 15, 0xfffffffffffeffff
immediate roriw, 0x8000000000000000, 15, 0x0
immediate roriw, 0xdeadbeef, 15, 0x7ddfbd5b
immediate roriw, 0x100000000, 16, 0x0
immediate roriw, 0x3f, 16, 0x3f0000
immediate roriw, 0xdeadbeef, 16, 0xffffffffbeefdead
immediate roriw, 0x0, 18, 0x0
immediate roriw, 0x7fffffff, 18, 0xffffffffffffdfff
immediate roriw, 0xdeadbeef, 18, 0x6fbbf7ab
immediate_of_zero roriw, 18, 0x0
immediate roriw, 0x8000000000000000, 30, 0x0
immediate roriw, 0x123456789abcdef, 30, 0x26af37be
immediate roriw, 0xdeadbeef, 30, 0x7ab6fbbf
immediate roriw, 0xaaaaaaaaaaaaaaaa, 31, 0x55555555
immediate roriw, 0x7fffffffffffffff, 31, 0xffffffffffffffff
immediate roriw, 0xdeadbeef, 31, 0xffffffffbd5b7ddf
finish
