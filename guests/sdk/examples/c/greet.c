/* A program: arguments, standard streams, exit code. It runs as it is, and after `riscbox link`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  if (argc < 2) {
    char name[64];
    if (fgets(name, sizeof name, stdin) == NULL) {
      fprintf(stderr, "usage: greet NAME..., or a name on standard input\n");
      return 2;
    }
    name[strcspn(name, "\n")] = '\0';
    printf("Hello, %s!\n", name);
  }
  for (int i = 1; i < argc; i++) printf("Hello, %s!\n", argv[i]);
  FILE *missing = fopen("/no/such/file", "r");
  printf("%s (%d)\n", missing == NULL ? strerror(errno) : "a file", missing == NULL ? errno : 0);
  return 0;
}
