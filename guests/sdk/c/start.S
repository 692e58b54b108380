/* First instructions of a program. The host enters here with sp at argc, as Linux does; nothing else is set up. */
        .section .text.start, "ax", @progbits
        .globl  _start
        .type   _start, @function
_start:
        la      tp, __tls_start
        mv      a0, sp
        andi    sp, sp, -16
        call    riscbox_start
        unimp
        .size   _start, . - _start
