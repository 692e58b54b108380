/* Control flow that only hand-written code has: tables between instructions,
 * links in other registers than ra, jumps into the middle of blocks, and with
 * the C extension into the middle of an instruction. Each check prints a line;
 * the exit code is the number of the first check that failed. */

#if __riscv_xlen == 64
# define LOAD  ld
# define WORD  .dword
# define SCALE 3
#else
# define LOAD  lw
# define WORD  .word
# define SCALE 2
#endif

#ifdef __riscv_32e
# define NUMBER t0
#elif defined(__riscv_64e) || defined(__riscv_e)
# define NUMBER t0
#else
# define NUMBER a7
#endif

        .macro  check number, register, expected
        li      s0, \number
        li      t1, \expected
        bne     \register, t1, fail
        la      a1, message_\number
        lw      a2, 0(a1)
        addi    a1, a1, 4
        li      a0, 1
        li      NUMBER, 64              /* write */
        ecall
        .endm

        .macro  message number, text
        .balign 4
message_\number:
        .word   2f - 1f
1:      .ascii  "ok      \text\n"
2:
        .endm

        .section .text.start, "ax", @progbits
        .globl  _start
_start:
        .option push
        .option norelax
        la      gp, __global_pointer$
        .option pop

/* 1: a table of addresses inside the code, between two functions. */
        li      s1, 0                   /* sum over all four entries */
        li      a3, 0
1:      slli    a4, a3, SCALE
        la      a5, address_table
        add     a5, a5, a4
        LOAD    a5, 0(a5)
        jalr    a5
        add     s1, s1, a0
        addi    a3, a3, 1
        li      a4, 4
        bne     a3, a4, 1b
        check   1, s1, 1111

/* 2: a table of 32-bit distances, as -fPIC switch statements use. */
        li      s1, 0
        li      a3, 3
1:      slli    a4, a3, 2
        la      a5, distance_table
        add     a4, a5, a4
        lw      a4, 0(a4)
        add     a5, a5, a4
        jalr    a5
        slli    s1, s1, 1
        add     s1, s1, a0
        addi    a3, a3, -1
        bgez    a3, 1b
        check   2, s1, 8421             /* 8*1000 + 4*100 + 2*10 + 1 */

/* 3: a table of bytes: distances in units of four. */
        li      s1, 0
        la      a3, byte_table
        lbu     a4, 2(a3)
        slli    a4, a4, 2
        la      a5, steps
        add     a5, a5, a4
        jr      a5
        .option push
        .option norvc
        .balign 4
steps:  addi    s1, s1, 1
        addi    s1, s1, 2
        addi    s1, s1, 4
        addi    s1, s1, 8
        .option pop
        check   3, s1, 12

/* 4: the link in t0, in a register that is also the target, and thrown away. */
        li      s1, 0
        jal     t0, by_t0
        la      a5, by_a5
        jalr    a5, 0(a5)               /* rd = rs1: the old value is the target */
        la      a5, no_link - 8
        jalr    x0, 8(a5)
        addi    s1, s1, 1000            /* not reached */
no_link:
        check   4, s1, 11

/* 5: jumping back into the middle of a straight run of instructions. */
        li      s1, 0
        li      a3, 0
        la      a5, middle
        .option push
        .option norvc
        addi    s1, s1, 100
        addi    s1, s1, 10
middle: addi    s1, s1, 1
        addi    a3, a3, 1
        li      a4, 5
        .option pop
        beq     a3, a4, 1f
        jr      a5
1:      check   5, s1, 115

/* 6: the lowest bit of a jalr target does not count. */
        la      a5, odd_target
        addi    a5, a5, 1
        li      s1, 0
        jalr    ra, 0(a5)
        addi    s1, s1, 1
        check   6, s1, 8

/* 7: a jump through an address computed from the return address of a call. */
        li      s1, 0
        .option push
        .option norvc
        .option norelax
        jal     ra, skip_next
        addi    s1, s1, 100             /* skipped: the callee returns past it */
        addi    s1, s1, 5
        .option pop
        check   7, s1, 5

#ifdef __riscv_compressed
/* 8: the upper half of a 32-bit instruction is a compressed one of its own:
 *    lui s1, 0x04850 is the bytes b7 04 85 04, and 0485 is c.addi s1, 1. */
        li      s1, 41
        la      a5, overlapped + 2
        jr      a5
        .balign 4
overlapped:
        .word   0x048504b7
        check   8, s1, 42
#endif

        li      a0, 0
        li      NUMBER, 93              /* exit */
        ecall

fail:   mv      a0, s0
        li      NUMBER, 93
        ecall

        .text
one:    li      a0, 1
        ret
        .balign 8
address_table:
        WORD    one, ten, hundred, thousand
ten:    li      a0, 10
        ret
        .balign 4
distance_table:
        .word   one - distance_table
        .word   ten - distance_table
        .word   hundred - distance_table
        .word   thousand - distance_table
hundred:
        li      a0, 100
        ret
byte_table:
        .byte   0xff, 0xfe, 2, 0x73     /* no instructions here */
        .balign 4
thousand:
        li      a0, 1000
        ret

by_t0:  addi    s1, s1, 1
        jr      t0
by_a5:  addi    s1, s1, 10
        jr      a5
odd_target:
        addi    s1, s1, 7
        ret
skip_next:
        addi    ra, ra, 4
        ret

        .section .rodata
message 1, "table of addresses in the code"
message 2, "table of distances in the code"
message 3, "table of bytes in the code"
message 4, "links in t0 and in the target register"
message 5, "jump into the middle of a block"
message 6, "odd target address"
message 7, "return past an instruction"
#ifdef __riscv_compressed
message 8, "jump into the middle of an instruction"
#endif
