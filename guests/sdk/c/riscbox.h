/* Functions shared between a guest and its host: what `riscbox link` turns into the imports and exports of a PolkaVM
 * program (record formats of PolkaVM 0.35). C11, C++17; GCC or clang; any RISC-V, 32 or 64 bits wide.
 *
 *   RISCBOX_EXPORT(uint32_t, add, uint32_t, uint32_t);      the host may call add(); define it as usual
 *   RISCBOX_IMPORT(void, log_line, const char *, size_t);   the host supplies log_line(); call it as usual
 *   RISCBOX_IMPORT_WITH_INDEX(7, uint32_t, now);            the same, as host call number 7
 *   RISCBOX_MIN_STACK_SIZE(65536);                          bytes of stack that this file needs
 *
 * Each stands at file scope, once per file and function. Behind the name follow the types of the parameters. All of
 * them together may take six registers, the result two: a value takes as many registers as its size needs, what is
 * larger than two goes by reference. Either all imports of a program have indices or none; without them they are
 * numbered in the order of their names. */
#ifndef RISCBOX_H
#define RISCBOX_H

#include <stddef.h>
#include <stdint.h>

#ifndef __riscv
#error "riscbox.h is for RISC-V guests: compile with a RISC-V compiler, such as riscv64-unknown-elf-gcc"
#endif

#ifdef __cplusplus
#define RISCBOX_C extern "C"
#define RISCBOX_ASSERT static_assert
#else
#define RISCBOX_C
#define RISCBOX_ASSERT _Static_assert
#endif

#if __riscv_xlen == 64
#define RISCBOX_POINTER ".8byte "
#else
#define RISCBOX_POINTER ".4byte "
#endif

/* ---- Records: the linker reads them, the program never does ---- */

/* Describes an imported or exported function: version 1. */
struct __attribute__((packed)) riscbox_function {
  uint8_t version;
  uint32_t flags;
  uint32_t name_length;
  const char *name;
  uint8_t input_registers;
  uint8_t output_registers;
};

/* Version 2 says in addition which number the import has. */
struct __attribute__((packed)) riscbox_indexed_function {
  struct riscbox_function function;
  uint8_t has_index;
  uint32_t index;
};

/* Linkers that know SHF_GNU_RETAIN keep such data although nothing refers to it; guest.ld tells the others. */
#if defined(__has_attribute)
#if __has_attribute(retain)
#define RISCBOX_RETAIN , retain
#endif
#endif
#ifndef RISCBOX_RETAIN
#define RISCBOX_RETAIN
#endif

/* ---- Registers that a type takes ---- */

#define RISCBOX_WORD (__riscv_xlen / 8)
#define RISCBOX_WORDS(size) (((size) + RISCBOX_WORD - 1) / RISCBOX_WORD)

#ifdef __cplusplus
template <class Type>
struct riscbox_size {
  static constexpr size_t value = sizeof(Type);
};
template <>
struct riscbox_size<void> {
  static constexpr size_t value = 0;
};
#define RISCBOX_SIZE(type) (riscbox_size<type>::value)
#else
#define RISCBOX_SIZE(type) \
  (_Generic((__typeof__(type)(*)(void))0, void (*)(void): (size_t)0, default: __extension__ sizeof(type)))
#endif

/* What is larger than two registers goes by reference; a result of that size adds an argument. */
#define RISCBOX_IN(type) (RISCBOX_WORDS(RISCBOX_SIZE(type)) > 2 ? 1 : RISCBOX_WORDS(RISCBOX_SIZE(type)))
#define RISCBOX_OUT(type) (RISCBOX_WORDS(RISCBOX_SIZE(type)) > 2 ? 0 : RISCBOX_WORDS(RISCBOX_SIZE(type)))
#define RISCBOX_HIDDEN(type) (RISCBOX_WORDS(RISCBOX_SIZE(type)) > 2 ? 1 : 0)

/* ---- Lists: __VA_ARGS__ is a name and up to six types ---- */

#define RISCBOX_SEVENTH(a, b, c, d, e, f, g, h, ...) h
#define RISCBOX_BY_COUNT(prefix, ...) \
  RISCBOX_SEVENTH(__VA_ARGS__, prefix##6, prefix##5, prefix##4, prefix##3, prefix##2, prefix##1, prefix##0, 0)

#define RISCBOX_NAME(...) RISCBOX_NAME_(__VA_ARGS__, 0)
#define RISCBOX_NAME_(name, ...) name

#define RISCBOX_TYPES(...) RISCBOX_BY_COUNT(RISCBOX_TYPES_, __VA_ARGS__)(__VA_ARGS__)
#define RISCBOX_TYPES_0(n) void
#define RISCBOX_TYPES_1(n, a) a
#define RISCBOX_TYPES_2(n, a, b) a, b
#define RISCBOX_TYPES_3(n, a, b, c) a, b, c
#define RISCBOX_TYPES_4(n, a, b, c, d) a, b, c, d
#define RISCBOX_TYPES_5(n, a, b, c, d, e) a, b, c, d, e
#define RISCBOX_TYPES_6(n, a, b, c, d, e, f) a, b, c, d, e, f

#define RISCBOX_SUM(...) RISCBOX_BY_COUNT(RISCBOX_SUM_, __VA_ARGS__)(__VA_ARGS__)
#define RISCBOX_SUM_0(n) 0
#define RISCBOX_SUM_1(n, a) RISCBOX_IN(a)
#define RISCBOX_SUM_2(n, a, b) RISCBOX_IN(a) + RISCBOX_IN(b)
#define RISCBOX_SUM_3(n, a, b, c) RISCBOX_SUM_2(n, a, b) + RISCBOX_IN(c)
#define RISCBOX_SUM_4(n, a, b, c, d) RISCBOX_SUM_3(n, a, b, c) + RISCBOX_IN(d)
#define RISCBOX_SUM_5(n, a, b, c, d, e) RISCBOX_SUM_4(n, a, b, c, d) + RISCBOX_IN(e)
#define RISCBOX_SUM_6(n, a, b, c, d, e, f) RISCBOX_SUM_5(n, a, b, c, d, e) + RISCBOX_IN(f)

/* ---- Exports and imports ---- */

/* The name lies apart from other constants, so that the linker can leave it out of the program. */
#define RISCBOX_NAME_BYTES(name) \
  static const char riscbox_name_##name[] __attribute__((section(".rodata.riscbox." #name), aligned(1))) = #name

#define RISCBOX_METADATA __attribute__((section(".polkavm_metadata"), aligned(1), used))

#define RISCBOX_FUNCTION(version, ret, name, inputs)                                               \
  {                                                                                                \
    version, 0, sizeof(#name) - 1, riscbox_name_##name, (uint8_t)((inputs) + RISCBOX_HIDDEN(ret)), \
        (uint8_t)RISCBOX_OUT(ret)                                                                  \
  }

#define RISCBOX_CHECK_REGISTERS(ret, name, inputs)    \
  RISCBOX_ASSERT((inputs) + RISCBOX_HIDDEN(ret) <= 6, \
                 #name " takes more than six registers of arguments; pass a pointer to a structure instead")

#define RISCBOX_EXPORT(ret, ...) \
  RISCBOX_EXPORT_(ret, RISCBOX_NAME(__VA_ARGS__), (RISCBOX_TYPES(__VA_ARGS__)), (RISCBOX_SUM(__VA_ARGS__)))
#define RISCBOX_EXPORT_(ret, name, types, inputs) RISCBOX_EXPORT__(ret, name, types, inputs)
#define RISCBOX_EXPORT__(ret, name, types, inputs)                                                          \
  RISCBOX_C __typeof__(ret) name types;                                                                     \
  RISCBOX_CHECK_REGISTERS(ret, name, inputs);                                                               \
  RISCBOX_NAME_BYTES(name);                                                                                 \
  static const struct riscbox_function riscbox_function_##name RISCBOX_METADATA =                           \
      RISCBOX_FUNCTION(1, ret, name, inputs);                                                               \
  static const struct __attribute__((packed)) {                                                             \
    uint8_t version;                                                                                        \
    const struct riscbox_function *description;                                                             \
    __typeof__(ret) (*function) types;                                                                      \
  } riscbox_export_##name __attribute__((section(".polkavm_exports"), aligned(1), used RISCBOX_RETAIN)) = { \
      1, &riscbox_function_##name, name}

#define RISCBOX_IMPORT(ret, ...) \
  RISCBOX_IMPORT_(ret, RISCBOX_NAME(__VA_ARGS__), (RISCBOX_TYPES(__VA_ARGS__)), (RISCBOX_SUM(__VA_ARGS__)))
#define RISCBOX_IMPORT_(ret, name, types, inputs) RISCBOX_IMPORT__(ret, name, types, inputs)
#define RISCBOX_IMPORT__(ret, name, types, inputs)                                                                   \
  RISCBOX_IMPORT_START(ret, name, types, inputs);                                                                    \
  static const struct riscbox_function riscbox_function_##name __asm__("riscbox_function_" #name) RISCBOX_METADATA = \
      RISCBOX_FUNCTION(1, ret, name, inputs);                                                                        \
  RISCBOX_IMPORT_CODE(name)

#define RISCBOX_IMPORT_WITH_INDEX(index, ret, ...)                                      \
  RISCBOX_INDEXED_(index, ret, RISCBOX_NAME(__VA_ARGS__), (RISCBOX_TYPES(__VA_ARGS__)), \
                   (RISCBOX_SUM(__VA_ARGS__)))
#define RISCBOX_INDEXED_(index, ret, name, types, inputs) RISCBOX_INDEXED__(index, ret, name, types, inputs)
#define RISCBOX_INDEXED__(index, ret, name, types, inputs)                                                                   \
  RISCBOX_IMPORT_START(ret, name, types, inputs);                                                                            \
  static const struct riscbox_indexed_function riscbox_function_##name __asm__("riscbox_function_" #name) RISCBOX_METADATA = \
      {RISCBOX_FUNCTION(2, ret, name, inputs), 1, index};                                                                    \
  RISCBOX_IMPORT_CODE(name)

#define RISCBOX_IMPORT_START(ret, name, types, inputs) \
  RISCBOX_C __typeof__(ret) name types;                \
  RISCBOX_CHECK_REGISTERS(ret, name, inputs);          \
  RISCBOX_NAME_BYTES(name)

/* A function of three words: "call the host", the record that says whom, return. Weak, because a header that declares
 * it may be included in several files. */
#define RISCBOX_IMPORT_CODE(name)                           \
  __asm__(".pushsection .text." #name ",\"ax\",@progbits\n" \
          ".balign 2\n"                                     \
          ".weak " #name "\n"                               \
          ".type " #name ", @function\n"                    \
          #name ":\n"                                       \
          ".insn r 0x0b, 0, 0, x0, x0, x0\n"                \
          RISCBOX_POINTER "riscbox_function_" #name "\n"    \
          "ret\n"                                           \
          ".size " #name ", . - " #name "\n"                \
          ".popsection\n")

/* ---- Stack ---- */

#define RISCBOX_MIN_STACK_SIZE(bytes)                                                    \
  RISCBOX_ASSERT((bytes) >= 0 && (bytes) <= 0xffffffffU, "a stack has less than 4 GiB"); \
  static const uint32_t riscbox_min_stack_size                                           \
      __attribute__((section(".polkavm_min_stack_size"), used RISCBOX_RETAIN)) = (bytes)

/* ---- Instructions that stock RISC-V does not have ---- */

/* Ends the guest with a trap. */
#define RISCBOX_TRAP()         \
  do {                         \
    __asm__ volatile("unimp"); \
    __builtin_unreachable();   \
  } while (0)

/* Where the heap begins: the first address behind the program's data. */
static inline void *riscbox_heap_base(void) {
  void *base;
  __asm__(".insn r 0x0b, 3, 0, %0, x0, x0" : "=r"(base));
  return base;
}

/* Grows the heap by some bytes and answers its new end, or null if there is no more; with 0 answers the end. */
static inline void *riscbox_sbrk(size_t bytes) {
  void *end;
  __asm__ volatile(".insn r 0x0b, 1, 0, %0, %1, x0" : "=r"(end) : "r"(bytes) : "memory");
  return end;
}

/* Fills memory; the machine does it at once. */
static inline void riscbox_memset(void *to, int value, size_t length) {
  register void *a0 __asm__("a0") = to;
  register int a1 __asm__("a1") = value;
  register size_t a2 __asm__("a2") = length;
  __asm__ volatile(".insn r 0x0b, 2, 0, x0, x0, x0" : "+r"(a0), "+r"(a2) : "r"(a1) : "memory");
}

#endif
