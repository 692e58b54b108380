/* Values to text, into a file or a string: one writer with two sinks. */
#include "lisp.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct sink {
  FILE *file; /* NULL: collect in bytes */
  char *bytes;
  size_t length, capacity;
};

static void put(struct sink *sink, const char *bytes, size_t length) {
  if (sink->file) {
    fwrite(bytes, 1, length, sink->file);
    return;
  }
  if (sink->length + length > sink->capacity) {
    sink->capacity = 2 * (sink->length + length) + 64;
    char *larger = realloc(sink->bytes, sink->capacity);
    if (!larger) fail("out of memory");
    sink->bytes = larger;
  }
  memcpy(sink->bytes + sink->length, bytes, length);
  sink->length += length;
}

static void put_text(struct sink *sink, const char *text) { put(sink, text, strlen(text)); }

static void put_quoted(struct sink *sink, value v) {
  put_text(sink, "\"");
  for (size_t i = 0; i < v->length; i++) {
    char c = v->bytes[i];
    if (c == '\n')
      put_text(sink, "\\n");
    else if (c == '\t')
      put_text(sink, "\\t");
    else {
      if (c == '"' || c == '\\') put_text(sink, "\\");
      put(sink, &c, 1);
    }
  }
  put_text(sink, "\"");
}

static void put_value(struct sink *sink, value v, bool quoted) {
  switch (v->type) {
    case NIL: put_text(sink, "()"); break;
    case BOOLEAN: put_text(sink, v->truth ? "#t" : "#f"); break;
    case INTEGER: {
      char digits[24];
      snprintf(digits, sizeof digits, "%" PRId64, v->integer);
      put_text(sink, digits);
      break;
    }
    case STRING:
      if (quoted)
        put_quoted(sink, v);
      else
        put(sink, v->bytes, v->length);
      break;
    case SYMBOL: put_text(sink, v->name); break;
    case PAIR:
      put_text(sink, "(");
      for (;; v = v->cdr) {
        put_value(sink, v->car, quoted);
        if (v->cdr == nil) break;
        put_text(sink, " ");
        if (!is(v->cdr, PAIR)) {
          put_text(sink, ". ");
          put_value(sink, v->cdr, quoted);
          break;
        }
      }
      put_text(sink, ")");
      break;
    case VECTOR:
      put_text(sink, "#(");
      for (size_t i = 0; i < v->count; i++) {
        if (i > 0) put_text(sink, " ");
        put_value(sink, v->items[i], quoted);
      }
      put_text(sink, ")");
      break;
    case CLOSURE: put_text(sink, "#<procedure>"); break;
    case MACRO: put_text(sink, "#<macro>"); break;
    case BUILTIN:
      put_text(sink, "#<builtin ");
      put_text(sink, v->builtin->name);
      put_text(sink, ">");
      break;
  }
}

void print(FILE *to, value v, bool quoted) {
  struct sink sink = {.file = to};
  put_value(&sink, v, quoted);
}

value to_string(value v, bool quoted) {
  struct sink sink = {0};
  put_value(&sink, v, quoted);
  value result = string(sink.bytes, sink.length);
  free(sink.bytes);
  return result;
}
