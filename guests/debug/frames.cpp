/* Never run: what debug information says about calls that were inlined, namespaces and types. */
#include "frames.h"

namespace shop {

struct Basket {
  int items;
  explicit Basket(int count);
  int price() const { return twice(items); }
  struct Coupon {
    static int discount(int percent);
  };
};

__attribute__((noinline)) Basket::Basket(int count) : items(count) { items += count / 3; }

__attribute__((noinline)) int Basket::Coupon::discount(int percent) {
  Basket basket(percent);
  return basket.price() - percent;
}

namespace {
__attribute__((noinline)) int hidden(int x) {
  auto divide = [x](int y) { return x / y; };
  return divide(3) + divide(x);
}
} // namespace

} // namespace shop

static int counter;

static inline int bump() {
  counter += twice(counter);
  return counter;
}

extern "C" int checkout(int n) {
  int values[4] = {n, n + 1, n * 3, bump()};
  if (n > 100) return sum(values, 4);
  return shop::Basket::Coupon::discount(sum(values, 3)) + shop::hidden(n);
}
