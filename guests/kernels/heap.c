/* A binary heap as the event queue of a small simulation: sift up and down
 * over an array of pairs; branches that depend on the data, 64-bit keys. */
#include "kernel.h"
KERNEL(heap, 1000000);

#define CAPACITY 4096

static struct event {
  uint64_t time;
  uint32_t id;
} queue[CAPACITY];
static uint32_t queued;

static int earlier(const struct event *x, const struct event *y) {
  return x->time < y->time || (x->time == y->time && x->id < y->id);
}

static void push(struct event event) {
  uint32_t at = queued++;
  while (at > 0) {
    uint32_t parent = (at - 1) / 2;
    if (!earlier(&event, &queue[parent])) break;
    queue[at] = queue[parent];
    at = parent;
  }
  queue[at] = event;
}

static struct event pop(void) {
  struct event first = queue[0], last = queue[--queued];
  uint32_t at = 0;
  for (;;) {
    uint32_t child = 2 * at + 1;
    if (child >= queued) break;
    if (child + 1 < queued && earlier(&queue[child + 1], &queue[child])) child++;
    if (!earlier(&queue[child], &last)) break;
    queue[at] = queue[child];
    at = child;
  }
  queue[at] = last;
  return first;
}

/* Each event that happens schedules its successor, and now and then one more,
 * until the queue is nearly full; then some events end without successor. */
uint32_t kernel(uint32_t n) {
  uint32_t random = 1, checksum = 0, next_id = 0;
  queued = 0;
  for (; next_id < 64; next_id++) push((struct event){.time = next_id * 7919u % 64u, .id = next_id});
  for (uint32_t step = 0; step < n && queued > 0; step++) {
    struct event event = pop();
    checksum = checksum * 31 + event.id + (uint32_t)event.time;
    random = random * 1664525u + 1013904223u;
    uint32_t successors = queued > CAPACITY - 8 ? 0 : 1 + (random >> 28 == 0);
    for (; successors > 0; successors--) {
      random = random * 1664525u + 1013904223u;
      push((struct event){.time = event.time + 1 + (random >> 20), .id = next_id++});
    }
  }
  return checksum;
}
