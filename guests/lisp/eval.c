/* The evaluator: special forms, calls, tail calls in a loop. */
#include "lisp.h"
#include <string.h>

/* A frame of eval() takes a few hundred bytes; this depth fits a 1 MiB stack. */
#define DEEPEST 3000

int eval_depth;

static const struct {
  const char *name;
  enum form form;
} forms[] = {
  {"quote", QUOTE},     {"quasiquote", QUASIQUOTE}, {"if", IF},         {"cond", COND},
  {"and", AND},         {"or", OR},                 {"when", WHEN},     {"begin", BEGIN},
  {"let", LET},         {"let*", LET_STAR},         {"letrec", LETREC}, {"lambda", LAMBDA},
  {"define", DEFINE},   {"set!", SET},              {"while", WHILE},   {"define-macro", DEFINE_MACRO},
  {"try", TRY},
};

static value unquote, unquote_splicing, else_symbol;

void define_forms(void) {
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) symbol(forms[i].name)->form = (uint8_t)forms[i].form;
  unquote = symbol("unquote");
  unquote_splicing = symbol("unquote-splicing");
  else_symbol = symbol("else");
}

static value first(value list) { return expect(list, PAIR, "special form")->car; }
static value second(value list) { return first(expect(list, PAIR, "special form")->cdr); }

/* An environment is a list of frames, a frame a list of (symbol . value). */
static void bind(value environment, value name, value v) {
  expect(name, SYMBOL, "binding");
  environment->car = cons(cons(name, v), environment->car);
}

static value *find_variable(value name, value environment) {
  for (; environment != nil; environment = environment->cdr)
    for (value frame = environment->car; frame != nil; frame = frame->cdr)
      if (frame->car->car == name) return &frame->car->cdr;
  if (!name->global) fail("%s is not defined", name->name);
  return &name->global;
}

static void define(value environment, value name, value v) {
  expect(name, SYMBOL, "define");
  if (environment == nil) {
    name->global = v;
    return;
  }
  for (value frame = environment->car; frame != nil; frame = frame->cdr) {
    if (frame->car->car == name) {
      frame->car->cdr = v;
      return;
    }
  }
  bind(environment, name, v);
}

/* The environment of a call: one new frame with the parameters. */
static value enter(value function, value arguments) {
  value environment = cons(nil, function->environment);
  value parameters = function->parameters_and_body->car;
  for (; is(parameters, PAIR); parameters = parameters->cdr, arguments = arguments->cdr) {
    if (arguments == nil) fail("too few arguments");
    bind(environment, parameters->car, arguments->car);
  }
  if (parameters != nil)
    bind(environment, parameters, arguments);
  else if (arguments != nil)
    fail("too many arguments");
  return environment;
}

static value call_builtin(const struct builtin *b, value arguments) {
  int count = 0;
  for (value a = arguments; a != nil; a = a->cdr) count++;
  if (count < b->least) fail("%s: too few arguments", b->name);
  if (b->most >= 0 && count > b->most) fail("%s: too many arguments", b->name);
  return b->call(arguments);
}

/* Runs all but the last expression of a body and returns the last, for the
 * caller's loop: that is what makes it a tail call. */
static value all_but_last(value body, value environment) {
  if (body == nil) return nil;
  for (; expect(body, PAIR, "body")->cdr != nil; body = body->cdr) eval(body->car, environment);
  return body->car;
}

static value evaluate_quasi(value template, value environment) {
  if (!is(template, PAIR)) return template;
  if (template->car == unquote) return eval(second(template), environment);
  size_t base = push_roots(1);
  value head = template->car, result;
  if (is(head, PAIR) && head->car == unquote_splicing) {
    value spliced = roots[base] = eval(second(head), environment);
    value rest = evaluate_quasi(template->cdr, environment), last = nil;
    result = rest;
    for (; spliced != nil; spliced = spliced->cdr) {
      value pair = cons(expect(spliced, PAIR, "unquote-splicing")->car, rest);
      if (last == nil)
        result = pair;
      else
        last->cdr = pair;
      last = pair;
    }
  } else {
    roots[base] = evaluate_quasi(head, environment);
    value rest = evaluate_quasi(template->cdr, environment);
    result = cons(roots[base], rest);
  }
  pop_roots(base);
  return result;
}

/* The new environment of let, let* and letrec; `base` is the root slot that keeps it alive. */
static value evaluate_bindings(enum form form, value bindings, value environment, size_t base) {
  value inner = roots[base] = cons(nil, environment);
  for (; bindings != nil; bindings = expect(bindings, PAIR, "let")->cdr) {
    value name = first(first(bindings));
    if (form == LETREC) bind(inner, name, nil);
    value v = eval(second(first(bindings)), form == LET ? environment : inner);
    define(inner, name, v);
  }
  return inner;
}

static bool try_eval(value expression, value environment, value *result) {
  struct handler handler = {.root_base = push_roots(0), .depth = eval_depth, .outer = handlers};
  if (setjmp(handler.jump)) {
    handlers = handler.outer;
    return false;
  }
  handlers = &handler;
  *result = eval(expression, environment);
  handlers = handler.outer;
  return true;
}

static value evaluate_arguments(value expressions, value environment, size_t slot) {
  value last = nil;
  for (; expressions != nil; expressions = expect(expressions, PAIR, "call")->cdr) {
    value pair = cons(eval(expressions->car, environment), nil);
    if (last == nil)
      roots[slot] = pair;
    else
      last->cdr = pair;
    last = pair;
  }
  return roots[slot];
}

/* Runs one function on evaluated arguments. Either there is a result at once,
 * or an expression and environment are left for the loop of eval(). */
static bool start_call(value function, value arguments, value *result, value *expression, size_t base) {
  while (function->type == BUILTIN && function->builtin == &apply_builtin) {
    if (arguments == nil || arguments->cdr == nil) fail("apply: too few arguments");
    function = roots[base + 2] = arguments->car;
    arguments = roots[base + 3] = arguments->cdr->car;
  }
  if (is(function, BUILTIN)) {
    *result = call_builtin(function->builtin, arguments);
    return true;
  }
  if (!is(function, CLOSURE)) fail("not a procedure");
  roots[base + 1] = enter(function, arguments);
  *expression = all_but_last(function->parameters_and_body->cdr, roots[base + 1]);
  return false;
}

value eval(value x, value environment) {
  size_t base = push_roots(4); /* expression, environment, function, arguments */
  value result = nil;
  if (++eval_depth > DEEPEST) fail("recursion too deep");
  for (;;) {
    roots[base] = x;
    roots[base + 1] = environment;
    roots[base + 2] = roots[base + 3] = nil;
    collect_if_due();
    if (is(x, SYMBOL)) {
      result = *find_variable(x, environment);
      break;
    }
    if (!is(x, PAIR)) {
      result = x;
      break;
    }
    value rest = x->cdr;
    switch (is(x->car, SYMBOL) ? (enum form)x->car->form : CALL) {
      case QUOTE: result = first(rest); goto done;
      case QUASIQUOTE: result = evaluate_quasi(first(rest), environment); goto done;
      case IF:
        if (truthy(eval(first(rest), environment)))
          x = second(rest);
        else
          x = rest->cdr->cdr == nil ? nil : second(rest->cdr);
        continue;
      case COND:
        x = nil;
        for (; rest != nil; rest = rest->cdr) {
          value clause = first(rest);
          if (first(clause) == else_symbol || truthy(eval(first(clause), environment))) {
            x = all_but_last(clause->cdr, environment);
            break;
          }
        }
        continue;
      case AND:
        for (x = yes; rest != nil && rest->cdr != nil; rest = rest->cdr)
          if (!truthy(eval(first(rest), environment))) {
            result = no;
            goto done;
          }
        if (rest != nil) x = first(rest);
        continue;
      case OR:
        for (; rest != nil && rest->cdr != nil; rest = rest->cdr)
          if (truthy(result = eval(first(rest), environment))) goto done;
        x = rest == nil ? no : first(rest);
        continue;
      case WHEN:
        x = truthy(eval(first(rest), environment)) ? all_but_last(rest->cdr, environment) : nil;
        continue;
      case BEGIN: x = all_but_last(rest, environment); continue;
      case LET:
      case LET_STAR:
      case LETREC:
        roots[base + 1] = environment = evaluate_bindings((enum form)x->car->form, first(rest), environment, base + 2);
        x = all_but_last(rest->cdr, environment);
        continue;
      case LAMBDA:
        first(rest);
        result = closure(CLOSURE, rest, environment);
        goto done;
      case DEFINE:
        if (is(first(rest), PAIR)) { /* (define (name . parameters) body …) */
          result = closure(CLOSURE, cons(first(rest)->cdr, rest->cdr), environment);
          define(environment, first(rest)->car, result);
        } else {
          define(environment, first(rest), eval(second(rest), environment));
        }
        result = nil;
        goto done;
      case DEFINE_MACRO: /* (define-macro (name . parameters) body …) */
        define(environment, first(first(rest)), closure(MACRO, cons(first(rest)->cdr, rest->cdr), environment));
        goto done;
      case SET:
        result = eval(second(rest), environment);
        *find_variable(expect(first(rest), SYMBOL, "set!"), environment) = result;
        result = nil;
        goto done;
      case WHILE:
        while (truthy(eval(first(rest), environment)))
          for (value body = rest->cdr; body != nil; body = body->cdr) eval(first(body), environment);
        goto done;
      case TRY: /* (try expression handler): the handler is called with what was raised */
        if (try_eval(first(rest), environment, &result)) goto done;
        roots[base + 3] = cons(failure, nil);
        roots[base + 2] = eval(second(rest), environment);
        break;
      case CALL:
        roots[base + 2] = eval(x->car, environment);
        if (is(roots[base + 2], MACRO)) {
          value inner = roots[base + 1] = enter(roots[base + 2], rest);
          x = eval(all_but_last(roots[base + 2]->parameters_and_body->cdr, inner), inner);
          continue;
        }
        evaluate_arguments(rest, environment, base + 3);
        break;
    }
    if (start_call(roots[base + 2], roots[base + 3], &result, &x, base)) break;
    environment = roots[base + 1];
  }
done:
  eval_depth--;
  pop_roots(base);
  return result;
}

value apply(value function, value arguments) {
  size_t base = push_roots(4);
  value result = nil, expression = nil;
  roots[base + 2] = function;
  roots[base + 3] = arguments;
  if (!start_call(function, arguments, &result, &expression, base)) result = eval(expression, roots[base + 1]);
  pop_roots(base);
  return result;
}
