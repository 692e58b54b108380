/* Text to values. */
#include "lisp.h"
#include <ctype.h>
#include <string.h>

#define LONGEST_TOKEN 1024

static int next(struct source *source) {
  if (source->file) return getc(source->file);
  return *source->text ? (unsigned char)*source->text++ : EOF;
}

static void back(struct source *source, int c) {
  if (c == EOF) return;
  if (source->file)
    ungetc(c, source->file);
  else
    source->text--;
}

static int next_significant(struct source *source) {
  for (;;) {
    int c = next(source);
    if (c == ';')
      while (c != '\n' && c != EOF) c = next(source);
    if (c == EOF || !isspace(c)) return c;
  }
}

static value read_after(struct source *source, int c);

static value read_required(struct source *source) {
  int c = next_significant(source);
  if (c == EOF) fail("end of input inside an expression");
  return read_after(source, c);
}

static value read_list(struct source *source) {
  value head = nil, last = nil;
  for (;;) {
    int c = next_significant(source);
    if (c == EOF) fail("end of input inside a list");
    if (c == ')') return head;
    value item = read_after(source, c);
    if (last != nil && is(item, SYMBOL) && strcmp(item->name, ".") == 0) {
      last->cdr = read_required(source);
      if (next_significant(source) != ')') fail("one value expected after the dot");
      return head;
    }
    value pair = cons(item, nil);
    if (last == nil)
      head = pair;
    else
      last->cdr = pair;
    last = pair;
  }
}

static value read_string(struct source *source) {
  char text[LONGEST_TOKEN];
  size_t length = 0;
  for (;;) {
    int c = next(source);
    if (c == EOF) fail("end of input inside a string");
    if (c == '"') return string(text, length);
    if (c == '\\') {
      c = next(source);
      if (c == 'n') c = '\n';
      else if (c == 't') c = '\t';
    }
    if (length == sizeof text) fail("string longer than %d bytes", LONGEST_TOKEN);
    text[length++] = (char)c;
  }
}

static bool is_integer(const char *text) {
  if (*text == '-' || *text == '+') text++;
  if (!*text) return false;
  for (; *text; text++)
    if (!isdigit((unsigned char)*text)) return false;
  return true;
}

static int64_t parse_integer(const char *text) {
  bool negative = *text == '-';
  if (*text == '-' || *text == '+') text++;
  uint64_t n = 0; /* arithmetic is modulo 2^64 throughout */
  for (; *text; text++) n = n * 10 + (uint64_t)(*text - '0');
  return (int64_t)(negative ? 0 - n : n);
}

static value read_atom(struct source *source, int c) {
  char text[LONGEST_TOKEN];
  size_t length = 0;
  while (c != EOF && !isspace(c) && !strchr("()'`,\";", c)) {
    if (length == sizeof text - 1) fail("name longer than %d bytes", LONGEST_TOKEN - 1);
    text[length++] = (char)c;
    c = next(source);
  }
  back(source, c);
  text[length] = '\0';
  if (strcmp(text, "#t") == 0) return yes;
  if (strcmp(text, "#f") == 0) return no;
  return is_integer(text) ? integer(parse_integer(text)) : symbol(text);
}

static value prefixed(struct source *source, const char *name) {
  return cons(symbol(name), cons(read_required(source), nil));
}

static value read_after(struct source *source, int c) {
  switch (c) {
    case '(': return read_list(source);
    case ')': fail("unexpected )");
    case '\'': return prefixed(source, "quote");
    case '`': return prefixed(source, "quasiquote");
    case ',':
      c = next(source);
      if (c == '@') return prefixed(source, "unquote-splicing");
      back(source, c);
      return prefixed(source, "unquote");
    case '"': return read_string(source);
    default: return read_atom(source, c);
  }
}

bool read_value(struct source *source, value *result) {
  int c = next_significant(source);
  if (c == EOF) return false;
  *result = read_after(source, c);
  return true;
}
