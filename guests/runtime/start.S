/* First instructions of every guest. A Linux-style loader enters here with sp
 * at argc; nothing else is set up yet. */
        .section .text.start, "ax", @progbits
        .globl  _start
        .type   _start, @function
_start:
        .option push
        .option norelax                 /* gp is not usable before this line has run */
        la      gp, __global_pointer$
        .option pop
        la      tp, __tls_block
        mv      a0, sp
        andi    sp, sp, -16
        call    runtime_start
        .size   _start, . - _start
