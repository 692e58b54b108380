/* Static data with addresses: of data, of functions, of places in the middle; of itself. */
#include "say.h"

struct node {
  struct node *next, *previous;
  const char *name;
  int (*value)(const struct node *);
  short weight;
};
static int plain(const struct node *n) { return n->weight; }
static int doubled(const struct node *n) { return 2 * n->weight; }
static int chained(const struct node *n) { return n->next->value(n->next) + 1; }
static struct node ring[4] = {
    {&ring[1], &ring[3], "north", plain, 5},
    {&ring[2], &ring[0], "east", doubled, -7},
    {&ring[3], &ring[1], "south", chained, 9},
    {&ring[0], &ring[2], "west", plain, 11},
};
static const int table[16] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};
static const int *const middle = &table[7], *const ends[] = {table, table + 16};
static char text[] = "change me";
static char *cursor = text + 3;
static void *self = &self;
static int large_zero[1000];
static int *far_zero = &large_zero[999];
static const struct {
  const char *name;
  const int *from;
  unsigned count;
} views[] = {{"first", table, 4}, {"rest", table + 4, 12}, {"none", 0, 0}};

int main(void) {
  struct node *at = &ring[opaque(0)];
  for (int i = 0; i < 9; i++, at = i % 3 ? at->next : at->previous) say(at->name, at->value(at));
  say("middle", middle[opaque(-2)] * 100 + middle[opaque(0)]);
  long sum = 0;
  for (const int *p = ends[0]; p != ends[1]; p++) sum = sum * 3 + *p;
  say("sum", sum);
  *cursor++ = 'X';
  say("text", text[3] * 256 + *cursor);
  say("self", *(void **)self == self);
  *far_zero += opaque(4);
  say("zero", large_zero[opaque(999)] + large_zero[opaque(998)]);
  for (int i = 0; i < opaque(3); i++) {
    int total = 0;
    for (unsigned k = 0; k < views[i].count; k++) total += views[i].from[k];
    say(views[i].name, total);
  }
  return (int)(ends[1] - ends[0]);
}
