/* Leaving a function from below its callees needs WebAssembly's exceptions: programs that raise errors trap here. */
#ifndef SETJMP_H
#define SETJMP_H
typedef int jmp_buf[1];
#define setjmp(buffer) ((void)(buffer), 0)
#define longjmp(buffer, value) __builtin_trap()
#endif
