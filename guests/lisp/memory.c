/* Cells, symbols and the collector. */
#include "lisp.h"
#include <stdlib.h>
#include <string.h>

#define CELLS_PER_CHUNK 2048
#define SYMBOL_BUCKETS 256
/* Below this many live cells a collection costs more than it frees. */
#define SMALLEST_LIMIT 16384

struct chunk {
  struct chunk *next;
  struct cell cells[CELLS_PER_CHUNK];
};

static struct cell nil_cell = {.type = NIL}, yes_cell = {.type = BOOLEAN, .truth = true}, no_cell = {.type = BOOLEAN};
value nil = &nil_cell, yes = &yes_cell, no = &no_cell;

static struct chunk *chunks;
static value free_cells;
static size_t in_use, limit = SMALLEST_LIMIT;
static value symbol_buckets[SYMBOL_BUCKETS]; /* lists of symbols */
uint64_t collections;

value roots[ROOT_SLOTS];
static size_t root_count;

static void *claim(size_t size) {
  void *memory = malloc(size ? size : 1);
  if (!memory) {
    fputs("lisp: out of memory\n", stderr);
    exit(3);
  }
  return memory;
}

static void add_chunk(void) {
  struct chunk *chunk = claim(sizeof *chunk);
  chunk->next = chunks;
  chunks = chunk;
  for (int i = CELLS_PER_CHUNK - 1; i >= 0; i--) {
    chunk->cells[i].type = FREE;
    chunk->cells[i].marked = 0;
    chunk->cells[i].next_free = free_cells;
    free_cells = &chunk->cells[i];
  }
}

static value allocate(enum type type) {
  if (!free_cells) add_chunk();
  value cell = free_cells;
  free_cells = cell->next_free;
  in_use++;
  cell->type = (uint8_t)type;
  cell->form = CALL;
  return cell;
}

value cons(value car, value cdr) {
  value v = allocate(PAIR);
  v->car = car;
  v->cdr = cdr;
  return v;
}

value integer(int64_t n) {
  value v = allocate(INTEGER);
  v->integer = n;
  return v;
}

value string(const char *bytes, size_t length) {
  char *copy = claim(length + 1);
  if (bytes) memcpy(copy, bytes, length);
  copy[length] = '\0';
  value v = allocate(STRING);
  v->bytes = copy;
  v->length = length;
  return v;
}

value vector(size_t count, value fill) {
  value *items = claim(count * sizeof *items);
  for (size_t i = 0; i < count; i++) items[i] = fill;
  value v = allocate(VECTOR);
  v->items = items;
  v->count = count;
  return v;
}

value closure(enum type type, value parameters_and_body, value environment) {
  value v = allocate(type);
  v->parameters_and_body = parameters_and_body;
  v->environment = environment;
  return v;
}

value builtin(const struct builtin *b) {
  value v = allocate(BUILTIN);
  v->builtin = b;
  return v;
}

value symbol(const char *name) {
  uint32_t hash = 5381; /* Bernstein's hash */
  for (const char *c = name; *c; c++) hash = hash * 33 + (unsigned char)*c;
  value *bucket = &symbol_buckets[hash % SYMBOL_BUCKETS];
  for (value list = *bucket; list && list != nil; list = list->cdr)
    if (strcmp(list->car->name, name) == 0) return list->car;
  char *copy = claim(strlen(name) + 1);
  strcpy(copy, name);
  value v = allocate(SYMBOL);
  v->name = copy;
  v->global = NULL;
  *bucket = cons(v, *bucket ? *bucket : nil);
  return v;
}

size_t push_roots(size_t count) {
  size_t base = root_count;
  if (base + count > ROOT_SLOTS) fail("too many live expressions");
  for (size_t i = 0; i < count; i++) roots[base + i] = nil;
  root_count = base + count;
  return base;
}

void pop_roots(size_t base) { root_count = base; }

/* The values still to be looked at; a list of a million elements must not
 * need a million C stack frames. */
static struct {
  value *items;
  size_t count, capacity;
} gray;

static void mark(value v) {
  if (!v || v->marked) return;
  v->marked = 1;
  if (gray.count == gray.capacity) {
    gray.capacity = gray.capacity ? gray.capacity * 2 : 1024;
    value *larger = realloc(gray.items, gray.capacity * sizeof *larger);
    if (!larger) {
      fputs("lisp: out of memory while collecting\n", stderr);
      exit(3);
    }
    gray.items = larger;
  }
  gray.items[gray.count++] = v;
}

static void mark_reachable(void) {
  while (gray.count > 0) {
    value v = gray.items[--gray.count];
    switch (v->type) {
      case PAIR:
        mark(v->cdr);
        mark(v->car);
        break;
      case CLOSURE:
      case MACRO:
        mark(v->parameters_and_body);
        mark(v->environment);
        break;
      case SYMBOL: mark(v->global); break;
      case VECTOR:
        for (size_t i = 0; i < v->count; i++) mark(v->items[i]);
        break;
      default: break;
    }
  }
}

static void sweep(void) {
  for (struct chunk *chunk = chunks; chunk; chunk = chunk->next) {
    for (value v = chunk->cells; v < chunk->cells + CELLS_PER_CHUNK; v++) {
      if (v->marked) {
        v->marked = 0;
      } else if (v->type != FREE) {
        if (v->type == STRING) free(v->bytes);
        if (v->type == VECTOR) free(v->items);
        if (v->type == SYMBOL) free(v->name);
        v->type = FREE;
        v->next_free = free_cells;
        free_cells = v;
        in_use--;
      }
    }
  }
}

void collect_if_due(void) {
  if (in_use < limit) return;
  for (size_t i = 0; i < SYMBOL_BUCKETS; i++) mark(symbol_buckets[i]);
  for (size_t i = 0; i < root_count; i++) mark(roots[i]);
  mark(failure);
  mark_reachable();
  sweep();
  nil->marked = yes->marked = no->marked = 0;
  limit = in_use * 2 > SMALLEST_LIMIT ? in_use * 2 : SMALLEST_LIMIT;
  collections++;
}
