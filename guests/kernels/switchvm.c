/* A stack machine running a loop: one indirect jump per operation, as in the
 * interpreters of scripting languages. */
#include "kernel.h"
KERNEL(switchvm, 5000000);

enum operation { PUSH, LOAD, STORE, ADD, SUB, MUL, XOR, SHR, LT, JZ, JMP, HALT };
enum variable { ACC, I, N, VARIABLES };
enum label { TEST = 8, END = 38, NEXT = 39 };

/* acc = 1; for (i = 0; i < n; i++) acc = (acc * 5 + i) ^ (acc >> 7); */
static const int32_t program[] = {
  /*  0 */ PUSH, 1, STORE, ACC, PUSH, 0, STORE, I,
  /*  8 */ LOAD, I, LOAD, N, LT, JZ, END,
  /* 15 */ LOAD, ACC, PUSH, 5, MUL, LOAD, I, ADD, LOAD, ACC, PUSH, 7, SHR, XOR, STORE, ACC,
  /* 31 */ LOAD, I, PUSH, 1, ADD, JMP, NEXT,
  /* 38 */ HALT,
  /* 39 */ STORE, I, JMP, TEST,
};

uint32_t kernel(uint32_t n) {
  uint32_t stack[16], variables[VARIABLES] = {[N] = n}, depth = 0;
  /* volatile: the compiler must not specialise the machine for this program. */
  const volatile int32_t *code = program;
  for (uint32_t pc = 0;;) {
    switch (code[pc++]) {
      case PUSH: stack[depth++] = (uint32_t)code[pc++]; break;
      case LOAD: stack[depth++] = variables[code[pc++]]; break;
      case STORE: variables[code[pc++]] = stack[--depth]; break;
      case ADD: depth--, stack[depth - 1] += stack[depth]; break;
      case SUB: depth--, stack[depth - 1] -= stack[depth]; break;
      case MUL: depth--, stack[depth - 1] *= stack[depth]; break;
      case XOR: depth--, stack[depth - 1] ^= stack[depth]; break;
      case SHR: depth--, stack[depth - 1] >>= stack[depth] & 31; break;
      case LT: depth--, stack[depth - 1] = stack[depth - 1] < stack[depth]; break;
      case JZ: pc = stack[--depth] ? pc + 1 : (uint32_t)code[pc]; break;
      case JMP: pc = (uint32_t)code[pc]; break;
      default: return variables[ACC];
    }
  }
}
