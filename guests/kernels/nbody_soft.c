/* The five bodies in double precision: without the D extension every
 * operation is a call into the compiler's soft-float library. */
#include "kernel.h"
KERNEL(nbody_soft, 40000);

#define BODIES 5

static struct body {
  double x, y, vx, vy, mass;
} bodies[BODIES];

static const struct body initial[BODIES] = {
  {0, 0, 0, 0, 40}, {10, 0, 0, 2, 0.04}, {0, 20, -1.41, 0, 0.08}, {-30, 0, 0, -1.15, 0.06}, {0, -40, 1, 0, 0.02},
};

/* Newton's iteration; the fixed count makes the result the same on every machine. */
static double square_root(double a) {
  double root = a > 1.0 ? a * 0.5 : 1.0;
  for (int i = 0; i < 16; i++) root = 0.5 * (root + a / root);
  return root;
}

static void attract(struct body *p, struct body *q, double dt) {
  double dx = p->x - q->x, dy = p->y - q->y;
  double square = dx * dx + dy * dy + 0.0625;
  double magnitude = dt / (square * square_root(square));
  p->vx -= dx * q->mass * magnitude;
  p->vy -= dy * q->mass * magnitude;
  q->vx += dx * p->mass * magnitude;
  q->vy += dy * p->mass * magnitude;
}

uint32_t kernel(uint32_t n) {
  const double dt = 1.0 / 512.0;
  for (int i = 0; i < BODIES; i++) bodies[i] = initial[i];
  for (uint32_t step = 0; step < n; step++) {
    for (int i = 0; i < BODIES; i++)
      for (int j = i + 1; j < BODIES; j++) attract(&bodies[i], &bodies[j], dt);
    for (int i = 0; i < BODIES; i++) {
      bodies[i].x += dt * bodies[i].vx;
      bodies[i].y += dt * bodies[i].vy;
    }
  }
  double sum = 0;
  for (int i = 0; i < BODIES; i++) sum = sum * 1.25 + bodies[i].x + bodies[i].vy * 3.0;
  union {
    double value;
    uint64_t bits;
  } result = {sum};
  return (uint32_t)(result.bits ^ result.bits >> 32);
}
