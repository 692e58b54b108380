/* lisp [-e EXPRESSION | FILE]…   runs each in turn; without arguments, standard input.
 * Exit code: 0, or 1 after an error that no (try …) caught, or what (exit n) says. */
#include "lisp.h"
#include <stdlib.h>
#include <string.h>

static bool run(struct source source, bool print_results) {
  struct handler handler = {.root_base = push_roots(0), .depth = 0, .outer = NULL};
  if (setjmp(handler.jump)) {
    fflush(stdout);
    fputs("error: ", stderr);
    print(stderr, failure, false);
    fputs("\n", stderr);
    return false;
  }
  handlers = &handler;
  value expression;
  while (read_value(&source, &expression)) {
    value result = eval(expression, nil);
    if (print_results) {
      print(stdout, result, true);
      putchar('\n');
    }
  }
  return true;
}

int main(int argc, char **argv) {
  define_forms();
  define_builtins();
  if (!run((struct source){.text = prelude}, false)) return 2;
  if (argc == 1) return run((struct source){.file = stdin}, false) ? 0 : 1;
  for (int i = 1; i < argc; i++) {
    bool good;
    if (strcmp(argv[i], "-e") == 0 && i + 1 < argc) {
      good = run((struct source){.text = argv[++i]}, true);
    } else {
      FILE *file = fopen(argv[i], "r");
      if (!file) {
        fprintf(stderr, "lisp: cannot open %s\n", argv[i]);
        return 1;
      }
      good = run((struct source){.file = file}, false);
      fclose(file);
    }
    if (!good) return 1;
  }
  return 0;
}
