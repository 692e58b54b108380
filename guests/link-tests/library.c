/* The C library: formatted output, sorting, searching, conversions, allocation, errno, time-honoured string functions. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct word {
  char *text;
  unsigned count;
  struct word *next;
};
static struct word *buckets[17];

static void count_word(const char *text, size_t length) {
  unsigned hash = 0;
  for (size_t i = 0; i < length; i++) hash = hash * 33 + (unsigned char)text[i];
  struct word **at = &buckets[hash % 17];
  while (*at && (strlen((*at)->text) != length || memcmp((*at)->text, text, length))) at = &(*at)->next;
  if (!*at) {
    *at = calloc(1, sizeof **at);
    (*at)->text = malloc(length + 1);
    memcpy((*at)->text, text, length);
    (*at)->text[length] = 0;
  }
  (*at)->count++;
}

static int by_count(const void *p, const void *q) {
  const struct word *a = *(struct word *const *)p, *b = *(struct word *const *)q;
  return a->count != b->count ? (int)b->count - (int)a->count : strcmp(a->text, b->text);
}

static int by_value(const void *p, const void *q) { return *(const int *)p - *(const int *)q; }

int main(int argc, char **argv) {
  static const char text[] = "the cat and the dog and the bird saw the cat";
  for (const char *p = text; *p;) {
    size_t length = strcspn(p, " ");
    count_word(p, length);
    p += length + (p[length] != 0);
  }
  struct word *list[32];
  size_t count = 0;
  for (int i = 0; i < 17; i++)
    for (struct word *w = buckets[i]; w; w = w->next) list[count++] = w;
  qsort(list, count, sizeof *list, by_count);
  for (size_t i = 0; i < count; i++) printf("%-6s %3u\n", list[i]->text, list[i]->count);
  int sorted[] = {2, 3, 5, 7, 11, 13, 17}, key = 11;
  int *found = bsearch(&key, sorted, 7, sizeof *sorted, by_value);
  printf("found %d, %s\n", (int)(found - sorted), bsearch(&(int){4}, sorted, 7, sizeof *sorted, by_value) ? "yes" : "no");
  char *end;
  errno = 0;
  long value = strtol("99999999999999999999999", &end, 10);
  printf("%d %d %d\n", value > 0, errno == ERANGE, *end);
  printf("[%08x] [%-5d] [%+lld] [%c] [%.3s] [%5s] [%%] [%o]\n", 0xbeefu, 42, -1234567890123ll, 'q', "abcdef", "xy", 511u);
  char buffer[64];
  int length = snprintf(buffer, sizeof buffer, "%d-%s-%lu", argc, argc > 1 ? argv[1] : "none", 4000000000ul);
  for (char *p = buffer; *p; p++) *p = (char)toupper((unsigned char)*p);
  printf("%s %d\n", buffer, length);
  char *copy = strdup("one,two,,three");
  for (char *save, *part = strtok_r(copy, ",", &save); part; part = strtok_r(NULL, ",", &save)) puts(part);
  free(copy);
  int *grown = NULL;
  for (int i = 0; i < 300; i++) {
    if (i % 64 == 0) grown = realloc(grown, (size_t)(i + 64) * sizeof *grown);
    grown[i] = i * i;
  }
  printf("%d\n", grown[299]);
  free(grown);
  return 7;
}
