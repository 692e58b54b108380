/* Linux system calls by number. RV32E and RV64E have no a7: there the number
 * travels in t0, as user-mode emulators expect of files flagged RVE. */
#ifndef SYSCALL_H
#define SYSCALL_H

enum {
  SYS_openat = 56,
  SYS_close = 57,
  SYS_lseek = 62, /* _llseek on 32-bit: the offset is split in two words */
  SYS_read = 63,
  SYS_write = 64,
  SYS_exit = 93,
  SYS_brk = 214,
};

#if defined(__riscv_32e) || defined(__riscv_64e) || defined(__riscv_e)
#define SYSCALL_REGISTER "t0"
#else
#define SYSCALL_REGISTER "a7"
#endif

static inline long syscall5(long number, long a, long b, long c, long d, long e) {
  register long nr __asm__(SYSCALL_REGISTER) = number;
  register long a0 __asm__("a0") = a;
  register long a1 __asm__("a1") = b;
  register long a2 __asm__("a2") = c;
  register long a3 __asm__("a3") = d;
  register long a4 __asm__("a4") = e;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(nr), "r"(a1), "r"(a2), "r"(a3), "r"(a4) : "memory");
  return a0;
}

static inline long syscall3(long number, long a, long b, long c) {
  register long nr __asm__(SYSCALL_REGISTER) = number;
  register long a0 __asm__("a0") = a;
  register long a1 __asm__("a1") = b;
  register long a2 __asm__("a2") = c;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(nr), "r"(a1), "r"(a2) : "memory");
  return a0;
}

static inline long syscall1(long number, long a) {
  register long nr __asm__(SYSCALL_REGISTER) = number;
  register long a0 __asm__("a0") = a;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(nr) : "memory");
  return a0;
}

#endif
