/* Procedures written in C. Arity is checked by the caller from the table. */
#include "lisp.h"
#include <stdlib.h>
#include <string.h>

#define ARG1 (a->car)
#define ARG2 (a->cdr->car)
#define ARG3 (a->cdr->cdr->car)

static int64_t number(value v, const char *where) { return expect(v, INTEGER, where)->integer; }

/* Arithmetic modulo 2^64: through unsigned numbers, because signed overflow is undefined in C. */
static value add(value a) {
  uint64_t sum = 0;
  for (; a != nil; a = a->cdr) sum += (uint64_t)number(a->car, "+");
  return integer((int64_t)sum);
}

static value subtract(value a) {
  uint64_t result = (uint64_t)number(ARG1, "-");
  if (a->cdr == nil) return integer((int64_t)(0 - result));
  while ((a = a->cdr) != nil) result -= (uint64_t)number(a->car, "-");
  return integer((int64_t)result);
}

static value multiply(value a) {
  uint64_t product = 1;
  for (; a != nil; a = a->cdr) product *= (uint64_t)number(a->car, "*");
  return integer((int64_t)product);
}

static int64_t divisor(value v, const char *where) {
  int64_t d = number(v, where);
  if (d == 0) fail("%s: division by zero", where);
  return d;
}

/* -1 is treated apart: INT64_MIN / -1 overflows. */
static value quotient(value a) {
  int64_t n = number(ARG1, "quotient"), d = divisor(ARG2, "quotient");
  return integer(d == -1 ? (int64_t)(0 - (uint64_t)n) : n / d);
}

static value remainder_of(value a) {
  int64_t n = number(ARG1, "remainder"), d = divisor(ARG2, "remainder");
  return integer(d == -1 ? 0 : n % d);
}

static value modulo(value a) {
  int64_t n = number(ARG1, "modulo"), d = divisor(ARG2, "modulo"), r = d == -1 ? 0 : n % d;
  return integer(r != 0 && (r < 0) != (d < 0) ? r + d : r);
}

static value compare(value a, const char *where, bool less, bool equal, bool greater) {
  for (; a->cdr != nil; a = a->cdr) {
    int64_t x = number(ARG1, where), y = number(ARG2, where);
    if (!(x < y ? less : x == y ? equal : greater)) return no;
  }
  return yes;
}

static value num_equal(value a) { return compare(a, "=", false, true, false); }
static value num_less(value a) { return compare(a, "<", true, false, false); }
static value num_greater(value a) { return compare(a, ">", false, false, true); }
static value num_at_most(value a) { return compare(a, "<=", true, true, false); }
static value num_at_least(value a) { return compare(a, ">=", false, true, true); }

static value make_pair(value a) { return cons(ARG1, ARG2); }
static value get_car(value a) { return expect(ARG1, PAIR, "car")->car; }
static value get_cdr(value a) { return expect(ARG1, PAIR, "cdr")->cdr; }

static value set_car(value a) {
  expect(ARG1, PAIR, "set-car!")->car = ARG2;
  return nil;
}

static value set_cdr(value a) {
  expect(ARG1, PAIR, "set-cdr!")->cdr = ARG2;
  return nil;
}

static value is_null(value a) { return boolean(ARG1 == nil); }
static value is_pair(value a) { return boolean(is(ARG1, PAIR)); }
static value is_symbol(value a) { return boolean(is(ARG1, SYMBOL)); }
static value is_integer(value a) { return boolean(is(ARG1, INTEGER)); }
static value is_string(value a) { return boolean(is(ARG1, STRING)); }
static value is_procedure(value a) { return boolean(is(ARG1, CLOSURE) || is(ARG1, BUILTIN)); }
static value logical_not(value a) { return boolean(ARG1 == no); }

static bool same(value x, value y) {
  return x == y || (is(x, INTEGER) && is(y, INTEGER) && x->integer == y->integer);
}

static bool equal(value x, value y) {
  while (is(x, PAIR) && is(y, PAIR)) {
    if (!equal(x->car, y->car)) return false;
    x = x->cdr;
    y = y->cdr;
  }
  if (is(x, STRING) && is(y, STRING)) return x->length == y->length && memcmp(x->bytes, y->bytes, x->length) == 0;
  if (is(x, VECTOR) && is(y, VECTOR)) {
    if (x->count != y->count) return false;
    for (size_t i = 0; i < x->count; i++)
      if (!equal(x->items[i], y->items[i])) return false;
    return true;
  }
  return same(x, y);
}

static value is_eq(value a) { return boolean(same(ARG1, ARG2)); }
static value is_equal(value a) { return boolean(equal(ARG1, ARG2)); }
static value list(value a) { return a; }

static value length(value a) {
  int64_t count = 0;
  for (value v = ARG1; v != nil; v = expect(v, PAIR, "length")->cdr) count++;
  return integer(count);
}

static value reverse_onto(value v, value tail) {
  for (; v != nil; v = expect(v, PAIR, "list")->cdr) tail = cons(v->car, tail);
  return tail;
}

static value reverse(value a) { return reverse_onto(ARG1, nil); }

static value append(value a) {
  if (a == nil) return nil;
  if (a->cdr == nil) return ARG1;
  return reverse_onto(reverse_onto(ARG1, nil), append(a->cdr));
}

static value make_vector(value a) {
  int64_t count = number(ARG1, "make-vector");
  if (count < 0 || count > INT32_MAX / (int64_t)sizeof(value)) fail("make-vector: bad length");
  return vector((size_t)count, a->cdr == nil ? integer(0) : ARG2);
}

static value *element(value a, const char *where) {
  value v = expect(ARG1, VECTOR, where);
  int64_t index = number(ARG2, where);
  if (index < 0 || (uint64_t)index >= v->count) fail("%s: index out of range", where);
  return &v->items[index];
}

static value vector_ref(value a) { return *element(a, "vector-ref"); }

static value vector_set(value a) {
  *element(a, "vector-set!") = ARG3;
  return nil;
}

static value vector_length(value a) { return integer((int64_t)expect(ARG1, VECTOR, "vector-length")->count); }

static value string_append(value a) {
  size_t total = 0, at = 0;
  for (value v = a; v != nil; v = v->cdr) total += expect(v->car, STRING, "string-append")->length;
  value result = string(NULL, total);
  for (value v = a; v != nil; at += v->car->length, v = v->cdr)
    memcpy(result->bytes + at, v->car->bytes, v->car->length);
  return result;
}

static value string_length(value a) { return integer((int64_t)expect(ARG1, STRING, "string-length")->length); }

static value substring(value a) {
  value text = expect(ARG1, STRING, "substring");
  int64_t from = number(ARG2, "substring"), to = number(ARG3, "substring");
  if (from < 0 || to < from || (uint64_t)to > text->length) fail("substring: range outside the string");
  return string(text->bytes + from, (size_t)(to - from));
}

static value string_ref(value a) {
  value text = expect(ARG1, STRING, "string-ref");
  int64_t index = number(ARG2, "string-ref");
  if (index < 0 || (uint64_t)index >= text->length) fail("string-ref: index out of range");
  return integer((unsigned char)text->bytes[index]);
}

static value string_less(value a) {
  return boolean(strcmp(expect(ARG1, STRING, "string<?")->bytes, expect(ARG2, STRING, "string<?")->bytes) < 0);
}

static value string_to_symbol(value a) { return symbol(expect(ARG1, STRING, "string->symbol")->bytes); }
static value value_to_string(value a) { return to_string(ARG1, false); }

static value display(value a) {
  print(stdout, ARG1, false);
  return nil;
}

static value write_value(value a) {
  print(stdout, ARG1, true);
  return nil;
}

static value newline(value a) {
  (void)a;
  putchar('\n');
  return nil;
}

static value raise_argument(value a) { raise_value(ARG1); }
static value evaluate(value a) { return eval(ARG1, nil); }

/* A stable merge sort; `before` may run anything, so all parts are kept in roots. */
static value merge(value x, value y, value before) {
  size_t base = push_roots(4);
  value last = nil;
  roots[base] = x;
  roots[base + 1] = y;
  while (x != nil && y != nil) {
    roots[base + 3] = cons(y->car, cons(x->car, nil));
    bool take_y = truthy(apply(before, roots[base + 3]));
    value taken = take_y ? y : x;
    if (take_y)
      roots[base + 1] = y = y->cdr;
    else
      roots[base] = x = x->cdr;
    taken->cdr = nil;
    if (last == nil)
      roots[base + 2] = taken;
    else
      last->cdr = taken;
    last = taken;
  }
  value rest = x == nil ? y : x, result = roots[base + 2];
  if (last == nil)
    result = rest;
  else
    last->cdr = rest;
  pop_roots(base);
  return result;
}

/* Sorts the first `count` pairs of the list in place. */
static value sort_step(value v, int64_t count, value before) {
  if (count == 1) {
    v->cdr = nil;
    return v;
  }
  size_t base = push_roots(2);
  value middle = v;
  for (int64_t i = 0; i < count / 2; i++) middle = middle->cdr;
  roots[base] = middle;
  roots[base + 1] = sort_step(v, count / 2, before);
  roots[base] = sort_step(middle, count - count / 2, before);
  value result = merge(roots[base + 1], roots[base], before);
  pop_roots(base);
  return result;
}

static value sort(value a) {
  int64_t count = length(a)->integer;
  if (count == 0) return nil;
  value copy = reverse_onto(reverse_onto(ARG1, nil), nil);
  size_t base = push_roots(2);
  roots[base] = copy;
  roots[base + 1] = ARG2;
  value result = sort_step(copy, count, ARG2);
  pop_roots(base);
  return result;
}

static value count_collections(value a) {
  (void)a;
  return integer((int64_t)collections);
}

static value quit(value a) { exit(a == nil ? 0 : (int)number(ARG1, "exit")); }

/* eval() recognises this one and makes a tail call of it. */
static value apply_arguments(value a) { return apply(ARG1, ARG2); }
const struct builtin apply_builtin = {"apply", 2, 2, apply_arguments};

static const struct builtin table[] = {
  {"+", 0, -1, add},
  {"-", 1, -1, subtract},
  {"*", 0, -1, multiply},
  {"quotient", 2, 2, quotient},
  {"remainder", 2, 2, remainder_of},
  {"modulo", 2, 2, modulo},
  {"=", 1, -1, num_equal},
  {"<", 1, -1, num_less},
  {">", 1, -1, num_greater},
  {"<=", 1, -1, num_at_most},
  {">=", 1, -1, num_at_least},
  {"cons", 2, 2, make_pair},
  {"car", 1, 1, get_car},
  {"cdr", 1, 1, get_cdr},
  {"set-car!", 2, 2, set_car},
  {"set-cdr!", 2, 2, set_cdr},
  {"null?", 1, 1, is_null},
  {"pair?", 1, 1, is_pair},
  {"symbol?", 1, 1, is_symbol},
  {"integer?", 1, 1, is_integer},
  {"string?", 1, 1, is_string},
  {"procedure?", 1, 1, is_procedure},
  {"not", 1, 1, logical_not},
  {"eq?", 2, 2, is_eq},
  {"equal?", 2, 2, is_equal},
  {"list", 0, -1, list},
  {"length", 1, 1, length},
  {"reverse", 1, 1, reverse},
  {"append", 0, -1, append},
  {"sort", 2, 2, sort},
  {"make-vector", 1, 2, make_vector},
  {"vector-ref", 2, 2, vector_ref},
  {"vector-set!", 3, 3, vector_set},
  {"vector-length", 1, 1, vector_length},
  {"string-append", 0, -1, string_append},
  {"string-length", 1, 1, string_length},
  {"substring", 3, 3, substring},
  {"string-ref", 2, 2, string_ref},
  {"string<?", 2, 2, string_less},
  {"string->symbol", 1, 1, string_to_symbol},
  {"->string", 1, 1, value_to_string},
  {"display", 1, 1, display},
  {"write", 1, 1, write_value},
  {"newline", 0, 0, newline},
  {"raise", 1, 1, raise_argument},
  {"eval", 1, 1, evaluate},
  {"collections", 0, 0, count_collections},
  {"exit", 0, 1, quit},
};

void define_builtins(void) {
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) symbol(table[i].name)->global = builtin(&table[i]);
  symbol(apply_builtin.name)->global = builtin(&apply_builtin);
}
