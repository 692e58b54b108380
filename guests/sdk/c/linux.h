/* System calls of a program. Their number travels in a7, or in t0 where there are 16 registers only. */
#ifndef RISCBOX_LINUX_H
#define RISCBOX_LINUX_H

enum {
  RISCBOX_OPENAT = 56,
  RISCBOX_CLOSE = 57,
  RISCBOX_LSEEK = 62, /* on 32-bit machines _llseek: the offset is split in two words */
  RISCBOX_READ = 63,
  RISCBOX_WRITE = 64,
  RISCBOX_EXIT = 93,
  RISCBOX_BRK = 214,
};

#if defined(__riscv_32e) || defined(__riscv_64e) || defined(__riscv_e)
#define RISCBOX_NUMBER_REGISTER "t0"
#else
#define RISCBOX_NUMBER_REGISTER "a7"
#endif

/* The result, or a negative error number. Arguments that a call does not have are ignored. */
static inline long riscbox_system_call(long number, long a, long b, long c, long d, long e) {
  register long number_register __asm__(RISCBOX_NUMBER_REGISTER) = number;
  register long a0 __asm__("a0") = a;
  register long a1 __asm__("a1") = b;
  register long a2 __asm__("a2") = c;
  register long a3 __asm__("a3") = d;
  register long a4 __asm__("a4") = e;
  __asm__ volatile("ecall"
                   : "+r"(a0)
                   : "r"(number_register), "r"(a1), "r"(a2), "r"(a3), "r"(a4)
                   : "memory");
  return a0;
}

#endif
