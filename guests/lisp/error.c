/* Errors leave through setjmp handlers; the outermost one belongs to main(). */
#include "lisp.h"
#include <stdarg.h>
#include <string.h>

struct handler *handlers;
value failure;

_Noreturn void raise_value(value v) {
  failure = v;
  pop_roots(handlers->root_base);
  eval_depth = handlers->depth;
  longjmp(handlers->jump, 1);
}

_Noreturn void fail(const char *format, ...) {
  char text[160];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  raise_value(string(text, strlen(text)));
}

static const char *const type_names[] = {
  [NIL] = "the empty list", [BOOLEAN] = "a boolean", [INTEGER] = "an integer", [STRING] = "a string",
  [SYMBOL] = "a symbol",    [PAIR] = "a pair",       [VECTOR] = "a vector",    [CLOSURE] = "a procedure",
  [MACRO] = "a macro",      [BUILTIN] = "a procedure", [FREE] = "nothing",
};

value expect(value v, enum type type, const char *where) {
  if (v->type != type) fail("%s: %s expected, got %s", where, type_names[type], type_names[v->type]);
  return v;
}
