/* What the host may call (exports), and what it supplies (imports). riscbox.h tells all about both. */
#include "riscbox.h"

RISCBOX_IMPORT(void, print, const char *, uint32_t);

RISCBOX_EXPORT(uint32_t, add, uint32_t, uint32_t);
RISCBOX_EXPORT(char *, name_buffer);
RISCBOX_EXPORT(void, greet, uint32_t);

enum { NAME_SIZE = 64 };
static const char HELLO[] = "Hello, ";
static char name[NAME_SIZE];

uint32_t add(uint32_t a, uint32_t b) { return a + b; }

/* Where the host writes a name of at most NAME_SIZE bytes. */
char *name_buffer(void) { return name; }

/* Prints a greeting for the name in the buffer. */
void greet(uint32_t length) {
  char line[sizeof HELLO + NAME_SIZE];
  uint32_t end = 0;
  if (length > NAME_SIZE) RISCBOX_TRAP();
  for (const char *c = HELLO; *c != '\0'; c++) line[end++] = *c;
  for (uint32_t i = 0; i < length; i++) line[end++] = name[i];
  line[end++] = '!';
  print(line, end);
}
