/* Jump tables: dense, sparse, negative, nested; a small machine with computed goto. */
#include "say.h"

static int dense(int n) {
  switch (n) {
    case 0: return 11;
    case 1: return 7;
    case 2: return -3;
    case 3: return opaque(5) * 9;
    case 4: return 100;
    case 5: say("five", n); return 1;
    case 6: return 2;
    case 7: return opaque(n) << 4;
    case 8: case 9: return 77;
    default: return -1;
  }
}

static const char *sparse(int n) {
  switch (n) {
    case -100: return "minus hundred";
    case -1: return "minus one";
    case 5: return "five";
    case 1000: return "thousand";
    case 1001: return "thousand and one";
    case 100000: return "lots";
    default: return "other";
  }
}

/* Postfix arithmetic. */
static int run(const unsigned char *code) {
  static const void *const labels[] = {&&stop, &&push, &&sum, &&product, &&twice, &&jump_if, &&less};
  int stack[16], *top = stack;
  goto *labels[*code];
push:
  *top++ = code[1];
  code += 2;
  goto *labels[*code];
sum:
  top--;
  top[-1] += top[0];
  goto *labels[*++code];
product:
  top--;
  top[-1] *= top[0];
  goto *labels[*++code];
twice:
  top[0] = top[-1];
  top++;
  goto *labels[*++code];
less:
  top--;
  top[-1] = top[-1] < top[0];
  goto *labels[*++code];
jump_if:
  top--;
  code = top[0] ? code - code[1] : code + 2;
  goto *labels[*code];
stop:
  return top[-1];
}

static const unsigned char program[] = {1, 3, 4, 3, 1, 4, 2, 4, 1, 200, 6, 5, 9, 0};
static const unsigned char small[] = {1, 6, 1, 7, 3, 0};

int main(void) {
  for (int i = -2; i < 12; i++) say("dense", dense(opaque(i)));
  static const int keys[] = {-100, -1, 5, 7, 1000, 1001, 1002, 100000};
  for (int i = 0; i < 8; i++) say(sparse(keys[opaque(i)]), keys[i]);
  say("small", run(small));
  (void)program;
  int state = 0, steps = 0;
  for (unsigned input = 0x2d57a91b; input; input >>= 2, steps++) {
    switch (state * 4 + (int)(input & 3)) {
      case 0: state = 1; break;
      case 1: state = 2; break;
      case 2: case 3: state = 0; break;
      case 4: state = 3; break;
      case 5: state = 1; break;
      case 6: state = 2; break;
      case 7: state = 0; break;
      case 8: state = 3; break;
      case 9: case 10: state = 1; break;
      case 11: state = 0; break;
      default: state = (state + 1) % 4;
    }
    say("state", state);
  }
  return steps;
}
