/* Frame of a per-instruction test.
 *
 * A test is a whole program: it starts at `begin`, ends at `finish`, and exits
 * through the Linux call `exit` with 0, or with the number of the first check
 * that failed. gp holds the number of the running check and tp points into the
 * table of cases; no test uses those two otherwise, and none uses more than
 * the 16 registers of the E base. */

#if __riscv_xlen == 64
# define LOAD   ld
# define STORE  sd
# define WORD   .dword
# define BYTES  8
# define SHIFT  3
#else
# define LOAD   lw
# define STORE  sw
# define WORD   .word
# define BYTES  4
# define SHIFT  2
#endif

/* RV32E and RV64E have no a7. */
#if defined(__riscv_32e) || defined(__riscv_64e) || defined(__riscv_e)
# define NUMBER t0
# define EMBEDDED 1
#else
# define NUMBER a7
#endif

        .macro  begin
        .section .text.start, "ax", @progbits
        .globl  _start
_start: li      gp, 0
        .endm

        .macro  finish
        li      gp, 0
fail:   mv      a0, gp
        li      NUMBER, 93
        ecall
        .endm

        .macro  check number
        li      gp, \number
        .endm

        .macro  next_check
        addi    gp, gp, 1
        .endm

        /* t2 is lost. */
        .macro  expect register, value
        li      t2, \value
        beq     \register, t2, .Lgood\@
        j       fail
.Lgood\@:
        .endm

        .macro  expect_same left, right
        beq     \left, \right, .Lgood\@
        j       fail
.Lgood\@:
        .endm

        .macro  never
        j       fail
        .endm

/* ---- Tables: one row per case, one check per row ---- */

        .macro  binary first, second, result
        WORD    \first, \second, \result
        .endm

        .macro  unary operand, result
        WORD    \operand, \result
        .endm

        .macro  end_of_table
end_of_cases:
        .endm

        .macro  table
        .balign 8
cases:
        .endm

/* Runs the table through one instruction with two register operands: results
 * in a fresh register, over the first operand, over the second; the operands
 * must keep their values. */
        .macro  test_binary op
        la      tp, cases
.Lrow:  next_check
        LOAD    a0, 0(tp)
        LOAD    a1, BYTES(tp)
        LOAD    a2, 2*BYTES(tp)
        \op     a3, a0, a1
        bne     a3, a2, .Lwrong
        mv      a4, a0
        \op     a4, a4, a1
        bne     a4, a2, .Lwrong
        mv      a5, a1
        \op     a5, a0, a5
        bne     a5, a2, .Lwrong
        LOAD    t0, 0(tp)
        bne     a0, t0, .Lwrong
        LOAD    t0, BYTES(tp)
        bne     a1, t0, .Lwrong
        \op     x0, a0, a1
        bnez    x0, .Lwrong
        addi    tp, tp, 3*BYTES
        la      t0, end_of_cases
        bne     tp, t0, .Lrow
        j       .Ldone
.Lwrong:
        j       fail
.Ldone:
        .endm

        .macro  test_unary op
        la      tp, cases
.Lrow:  next_check
        LOAD    a0, 0(tp)
        LOAD    a2, BYTES(tp)
        \op     a3, a0
        bne     a3, a2, .Lwrong
        mv      a4, a0
        \op     a4, a4
        bne     a4, a2, .Lwrong
        LOAD    t0, 0(tp)
        bne     a0, t0, .Lwrong
        \op     x0, a0
        bnez    x0, .Lwrong
        addi    tp, tp, 2*BYTES
        la      t0, end_of_cases
        bne     tp, t0, .Lrow
        j       .Ldone
.Lwrong:
        j       fail
.Ldone:
        .endm

/* Both operands in one register; the result over both. */
        .macro  test_same op, operand, result
        next_check
        li      a0, \operand
        \op     a1, a0, a0
        expect  a1, \result
        \op     a0, a0, a0
        expect  a0, \result
        .endm

        .macro  test_zero_first op, operand, result
        next_check
        li      a0, \operand
        \op     a1, x0, a0
        expect  a1, \result
        .endm

        .macro  test_zero_second op, operand, result
        next_check
        li      a0, \operand
        \op     a1, a0, x0
        expect  a1, \result
        .endm

/* One immediate instruction: fresh result, result over the operand, x0 as result. */
        .macro  immediate op, operand, number, result
        next_check
        li      a0, \operand
        li      t2, \result
        \op     a1, a0, \number
        expect_same a1, t2
        \op     x0, a0, \number
        \op     a0, a0, \number
        expect_same a0, t2
        .endm

        .macro  immediate_of_zero op, number, result
        next_check
        \op     a1, x0, \number
        expect  a1, \result
        .endm

/* ---- Branches ---- */

/* Forward over a jump to fail, then backward from behind the label. */
        .macro  taken_with op, first, second
        next_check
        \op     \first, \second, .Lforward\@
        never
.Lback\@:
        j       .Ldone\@
.Lforward\@:
        \op     \first, \second, .Lback\@
        never
.Ldone\@:
        .endm

        .macro  not_taken_with op, first, second
        next_check
        j       .Lforward\@
.Lback\@:
        never
.Lforward\@:
        \op     \first, \second, .Lback\@
        \op     \first, \second, .Lwrong\@
        j       .Ldone\@
.Lwrong\@:
        never
.Ldone\@:
        .endm

        .macro  taken op, first, second
        li      a0, \first
        li      a1, \second
        taken_with \op, a0, a1
        .endm

        .macro  not_taken op, first, second
        li      a0, \first
        li      a1, \second
        not_taken_with \op, a0, a1
        .endm

        .macro  taken_second_zero op, first
        li      a0, \first
        taken_with \op, a0, x0
        .endm

        .macro  not_taken_second_zero op, first
        li      a0, \first
        not_taken_with \op, a0, x0
        .endm

        .macro  taken_first_zero op, second
        li      a1, \second
        taken_with \op, x0, a1
        .endm

        .macro  not_taken_first_zero op, second
        li      a1, \second
        not_taken_with \op, x0, a1
        .endm

/* Long distances in one gap: 4092 bytes on, and the 4096 back that are the limit. */
        .macro  far op
        next_check
        li      a0, 1
        li      a1, 1
        .option push
        .option norvc
        j       .Lstart\@
.Lback\@:
        j       .Ldone\@
.Lstart\@:
        \op     a0, a1, .Lforward\@
        never
        .zero   4092 - 8
.Lforward\@:
        \op     a0, a1, .Lback\@
        never
.Ldone\@:
        .option pop
        .endm

/* ---- Memory ---- */

/* Offset alone; over the base register; with the base as far away as an offset
 * reaches on either side; to x0. */
        .macro  load op, offset, result
        next_check
        la      a0, middle
        \op     a1, \offset(a0)
        expect  a1, \result
        mv      a2, a0
        \op     a2, \offset(a2)
        expect  a2, \result
        addi    a3, a0, 2000
        \op     a1, \offset-2000(a3)
        expect  a1, \result
        addi    a3, a0, -2000
        \op     a1, \offset+2000(a3)
        expect  a1, \result
        \op     x0, \offset(a0)
        .endm

        .macro  store op, offset, value, word0, word1, word2, word3
        next_check
        la      a0, area
        li      a1, 0xaaaaaaaa
        sw      a1, 0(a0)
        sw      a1, 4(a0)
        sw      a1, 8(a0)
        sw      a1, 12(a0)
        li      a1, \value
        addi    a2, a0, -2000
        \op     a1, \offset+2000(a2)
        expect_word 0, \word0
        expect_word 4, \word1
        expect_word 8, \word2
        expect_word 12, \word3
        \op     x0, \offset(a0)
        lbu     a1, \offset(a0)
        expect  a1, 0
        .endm

        .macro  expect_word offset, value
        lw      a3, \offset(a0)
        li      a4, \value
#if __riscv_xlen == 64
        slli    a4, a4, 32
        srai    a4, a4, 32
#endif
        expect_same a3, a4
        .endm

/* ---- Atomics: rows of what is in memory, the operand, and what is there afterwards ---- */

        .macro  atomic memory, operand, result
        WORD    \memory, \operand, \result
        .endm

        .macro  one_atomic op, load, store, result, address, operand
        \store  a0, 0(a5)
        \op     \result, \operand, (\address)
        bne     \result, a0, .Lwrong
        \load   t0, 0(a5)
        bne     t0, a2, .Lwrong
        .endm

        .macro  test_atomic op, load, store
        la      a5, cell
        addi    a5, a5, 8
        la      tp, cases
.Lrow:  next_check
        LOAD    a0, 0(tp)
        LOAD    a1, BYTES(tp)
        LOAD    a2, 2*BYTES(tp)
        one_atomic \op, \load, \store, a3, a5, a1
        one_atomic \op\().aq, \load, \store, a3, a5, a1
        one_atomic \op\().rl, \load, \store, a3, a5, a1
        one_atomic \op\().aqrl, \load, \store, a3, a5, a1
        mv      a4, a1
        one_atomic \op, \load, \store, a4, a5, a4
        mv      a4, a5
        one_atomic \op, \load, \store, a4, a4, a1
        \store  a0, 0(a5)
        \op     x0, a1, (a5)
        \load   t0, 0(a5)
        bne     t0, a2, .Lwrong
        lw      t0, -4(a5)
        bnez    t0, .Lwrong             /* the neighbours stay */
        addi    tp, tp, 3*BYTES
        la      t0, end_of_cases
        bne     tp, t0, .Lrow
        j       .Ldone
.Lwrong:
        j       fail
.Ldone:
        .endm
