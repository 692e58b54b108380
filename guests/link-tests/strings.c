/* Loops over bytes: copies, searches, comparisons, conversions. */
#include "say.h"

static const char *const words[] = {"relink", "", "RISC-V", "a much longer text than the others", "0x7fffffff", "-42"};
static char buffer[128];

static unsigned length_of(const char *text) {
  unsigned n = 0;
  while (text[n]) n++;
  return n;
}

static int compare(const char *p, const char *q) {
  while (*p && *p == *q) p++, q++;
  return (unsigned char)*p - (unsigned char)*q;
}

static void reverse(char *text, unsigned length) {
  for (unsigned i = 0; i < length / 2; i++) {
    char c = text[i];
    text[i] = text[length - 1 - i];
    text[length - 1 - i] = c;
  }
}

static long parse(const char *text) {
  int negative = *text == '-';
  if (negative) text++;
  long base = 10;
  if (text[0] == '0' && text[1] == 'x') base = 16, text += 2;
  long value = 0;
  for (; *text; text++) {
    int digit = *text >= 'a' ? *text - 'a' + 10 : *text - '0';
    if (digit < 0 || digit >= base) return -1;
    value = value * base + digit;
  }
  return negative ? -value : value;
}

static unsigned hash(const char *text) {
  unsigned value = 2166136261u;
  while (*text) value = (value ^ (unsigned char)*text++) * 16777619u;
  return value;
}

int main(void) {
  int count = opaque(sizeof words / sizeof *words);
  for (int i = 0; i < count; i++) {
    unsigned length = length_of(words[i]);
    for (unsigned k = 0; k <= length; k++) buffer[k] = words[i][k];
    reverse(buffer, length);
    say("length", length);
    say("hash", hash(buffer));
    say("parsed", parse(words[i]));
    say("order", compare(words[i], words[(i + 1) % count]));
  }
  return 3;
}
