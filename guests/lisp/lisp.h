/* A small Lisp: integers, strings, symbols, lists, vectors, closures with
 * lexical scope, macros, proper tail calls, a mark-and-sweep collector.
 *
 * Rule of the collector: it runs only in eval() at the start of a step, never
 * inside an allocation. Whoever calls eval() therefore keeps what it still
 * needs in the root stack; all other code may hold values as it likes. */
#ifndef LISP_H
#define LISP_H
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct cell *value;

enum type { NIL, BOOLEAN, INTEGER, STRING, SYMBOL, PAIR, VECTOR, CLOSURE, MACRO, BUILTIN, FREE };

/* What a list means whose head is this symbol; CALL for all other heads. */
enum form {
  CALL, QUOTE, QUASIQUOTE, IF, COND, AND, OR, WHEN, BEGIN, LET, LET_STAR, LETREC, LAMBDA, DEFINE, SET, WHILE,
  DEFINE_MACRO, TRY,
};

struct builtin {
  const char *name;
  int least, most; /* number of arguments; most < 0: any number */
  value (*call)(value arguments);
};

struct cell {
  uint8_t type;
  uint8_t marked;
  uint8_t form; /* of a symbol */
  union {
    int64_t integer;
    bool truth;
    struct { value car, cdr; };
    struct { char *bytes; size_t length; };                /* string */
    struct { value *items; size_t count; };                /* vector */
    struct { char *name; value global; };                  /* symbol; global is NULL while unbound */
    struct { value parameters_and_body, environment; };    /* closure, macro */
    const struct builtin *builtin;
    value next_free;
  };
};

extern value nil, yes, no;

static inline bool is(value v, enum type type) { return v->type == type; }
static inline bool truthy(value v) { return v != no; }
static inline value boolean(bool b) { return b ? yes : no; }

/* memory.c */
value cons(value car, value cdr);
value integer(int64_t n);
value string(const char *bytes, size_t length);
value symbol(const char *name);
value vector(size_t count, value fill);
value closure(enum type type, value parameters_and_body, value environment);
value builtin(const struct builtin *b);
void collect_if_due(void);
extern uint64_t collections;

/* Root stack: `size_t base = push_roots(n)` … roots[base + i] … `pop_roots(base)`. */
#define ROOT_SLOTS 32768
extern value roots[ROOT_SLOTS]; /* never moves: `roots[i] = eval(…)` may find the place first */
size_t push_roots(size_t count);
void pop_roots(size_t base);

/* error.c */
struct handler {
  jmp_buf jump;
  size_t root_base;
  int depth;
  struct handler *outer;
};
extern struct handler *handlers;
extern value failure; /* what was raised: a string, or the argument of (raise …) */
_Noreturn void raise_value(value v);
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
value expect(value v, enum type type, const char *where);

/* reader.c */
struct source {
  FILE *file;
  const char *text; /* when file is NULL */
};
bool read_value(struct source *source, value *result); /* false at the end of the input */

/* printer.c */
void print(FILE *to, value v, bool quoted);
value to_string(value v, bool quoted);

/* eval.c */
extern int eval_depth;
void define_forms(void);
value eval(value expression, value environment);
value apply(value function, value arguments);

/* builtins.c */
extern const struct builtin apply_builtin;
void define_builtins(void);

/* prelude.c */
extern const char prelude[];

#endif
