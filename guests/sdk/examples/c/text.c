/* Texts go both ways: the host asks for room, writes its text there, calls a function with address and length, and
 * reads the result from where the function says that it is. */
#include "riscbox.h"

/* Asks the host to show a text. */
RISCBOX_IMPORT(void, show, const char *, size_t);

RISCBOX_EXPORT(char *, allocate, size_t);
RISCBOX_EXPORT(void, reset);
RISCBOX_EXPORT(size_t, reverse_words, char *, size_t);

static uintptr_t next;

/* Room on the heap; null when there is no more. */
char *allocate(size_t length) {
  if (next == 0) next = (uintptr_t)riscbox_heap_base();
  uintptr_t end = (uintptr_t)riscbox_sbrk(0);
  if (length > end - next) {
    /* At least a page at once: the host counts in those. */
    size_t more = length - (end - next);
    if (riscbox_sbrk(more < 4096 ? 4096 : more) == NULL) return NULL;
  }
  char *start = (char *)next;
  next += length;
  return start;
}

/* All room is free again. */
void reset(void) { next = (uintptr_t)riscbox_heap_base(); }

static void reverse(char *from, char *to) {
  while (from < to) {
    char c = *from;
    *from++ = *--to;
    *to = c;
  }
}

/* "one two three" becomes "three two one", in place; answers how many words there are. */
size_t reverse_words(char *text, size_t length) {
  char *end = text + length;
  size_t count = 0;
  reverse(text, end);
  for (char *word = text; word < end;) {
    char *word_end = word;
    while (word_end < end && *word_end != ' ') word_end++;
    reverse(word, word_end);
    if (word_end > word) count++;
    word = word_end + 1;
  }
  show(text, length);
  return count;
}
