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

/* So that there is thread-local data to begin with: linkers lose the start of an empty section. */
        .section .tdata.riscbox, "awT", @progbits
        .balign 16
        .byte   0
