/* A library that uses the C library: malloc, sort and printf, which goes to the host function `write`. */
#include "riscbox.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

RISCBOX_EXPORT(int, add_item, const char *, size_t, uint32_t);
RISCBOX_EXPORT(uint32_t, print_items);
RISCBOX_EXPORT(char *, allocate, size_t);
RISCBOX_MIN_STACK_SIZE(16384);

typedef struct {
  char *name;
  uint32_t count;
} Item;

static Item *items;
static size_t length, capacity;

char *allocate(size_t size) { return malloc(size); }

/* Answers 0, or the error number. */
int add_item(const char *name, size_t name_length, uint32_t count) {
  if (length == capacity) {
    size_t larger = capacity == 0 ? 4 : 2 * capacity;
    Item *moved = realloc(items, larger * sizeof *items);
    if (moved == NULL) return errno;
    items = moved;
    capacity = larger;
  }
  char *copy = malloc(name_length + 1);
  if (copy == NULL) return errno;
  memcpy(copy, name, name_length);
  copy[name_length] = '\0';
  items[length++] = (Item){copy, count};
  return 0;
}

static int by_count(const void *left, const void *right) {
  const Item *l = left, *r = right;
  return l->count < r->count ? 1 : l->count > r->count ? -1 : strcmp(l->name, r->name);
}

/* The largest counts first; answers the sum. */
uint32_t print_items(void) {
  uint32_t sum = 0;
  qsort(items, length, sizeof *items, by_count);
  for (size_t i = 0; i < length; i++) {
    printf("%6lu  %s\n", (unsigned long)items[i].count, items[i].name);
    sum += items[i].count;
  }
  return sum;
}
