/* Five bodies in a plane, 44.20 fixed point: 64-bit multiply, divide and an
 * integer square root. On RV32 most of the time goes to 64-bit library calls. */
#include "kernel.h"
KERNEL(nbody_fixed, 60000);

#define FRACTION 20
#define BODIES 5
typedef int64_t fixed;

static fixed times(fixed a, fixed b) { return a * b >> FRACTION; }
static fixed over(fixed a, fixed b) { return (a << FRACTION) / b; }

static fixed square_root(fixed a) {
  uint64_t rest = (uint64_t)a << FRACTION, root = 0, bit = (uint64_t)1 << 62;
  while (bit > rest) bit >>= 2;
  for (; bit; bit >>= 2) {
    if (rest >= root + bit) {
      rest -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  return (fixed)root;
}

static struct body {
  fixed x, y, vx, vy, mass;
} bodies[BODIES];

/* In units of 1/1024: position, velocity, mass. */
static const int32_t initial[BODIES][5] = {
  {0, 0, 0, 0, 40960},
  {10240, 0, 0, 2048, 40},
  {0, 20480, -1448, 0, 80},
  {-30720, 0, 0, -1182, 60},
  {0, -40960, 1024, 0, 20},
};

static void attract(struct body *p, struct body *q, fixed dt) {
  fixed dx = p->x - q->x, dy = p->y - q->y;
  /* A sixteenth is added so that close bodies do not fly apart. */
  fixed square = times(dx, dx) + times(dy, dy) + (1 << (FRACTION - 4));
  fixed magnitude = over(dt, times(square, square_root(square)));
  fixed towards_q = times(q->mass, magnitude), towards_p = times(p->mass, magnitude);
  p->vx -= times(dx, towards_q);
  p->vy -= times(dy, towards_q);
  q->vx += times(dx, towards_p);
  q->vy += times(dy, towards_p);
}

uint32_t kernel(uint32_t n) {
  const fixed dt = (1 << FRACTION) / 512;
  for (int i = 0; i < BODIES; i++) {
    const int32_t *from = initial[i];
    bodies[i] = (struct body){
      (fixed)from[0] * 1024, (fixed)from[1] * 1024, (fixed)from[2] * 1024, (fixed)from[3] * 1024, (fixed)from[4] * 1024,
    };
  }
  for (uint32_t step = 0; step < n; step++) {
    for (int i = 0; i < BODIES; i++)
      for (int j = i + 1; j < BODIES; j++) attract(&bodies[i], &bodies[j], dt);
    for (int i = 0; i < BODIES; i++) {
      bodies[i].x += times(dt, bodies[i].vx);
      bodies[i].y += times(dt, bodies[i].vy);
    }
  }
  uint64_t hash = 0;
  for (int i = 0; i < BODIES; i++)
    hash = hash * 1000003u + (uint64_t)bodies[i].x * 31 + (uint64_t)bodies[i].vy;
  return (uint32_t)(hash ^ hash >> 32);
}
