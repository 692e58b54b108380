/* A hash table of short words (FNV-1a, open addressing, linear probing): byte
 * loads, scattered loads, multiplications. */
#include "kernel.h"
KERNEL(hash, 40);

#define SLOTS 32768 /* a power of two, never full: larger than WORDS */
#define WORDS 25000
#define WORD_LENGTH 12

static struct slot {
  uint8_t word[WORD_LENGTH];
  uint32_t length, count;
} slots[SLOTS];

static uint32_t random_state;

static uint32_t random_below(uint32_t limit) {
  random_state ^= random_state << 13; /* xorshift32, Marsaglia 2003 */
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state % limit;
}

/* Short words come up again and again, long ones are mostly new. */
static uint32_t make_word(uint8_t *word) {
  uint32_t length = 1 + random_below(2) + random_below(3) + random_below(4);
  for (uint32_t i = 0; i < length; i++) word[i] = (uint8_t)('a' + random_below(i == 0 ? 20 : 5));
  return length;
}

static int same(const uint8_t *left, const uint8_t *right, uint32_t length) {
  while (length > 0 && *left == *right) left++, right++, length--;
  return length == 0;
}

static struct slot *find(const uint8_t *word, uint32_t length) {
  uint32_t hash = 2166136261u;
  for (uint32_t i = 0; i < length; i++) hash = (hash ^ word[i]) * 16777619u;
  for (uint32_t i = hash ^ hash >> 15;; i++) {
    struct slot *slot = &slots[i % SLOTS];
    if (slot->count == 0 || (slot->length == length && same(slot->word, word, length))) return slot;
  }
}

uint32_t kernel(uint32_t n) {
  uint32_t checksum = 0;
  random_state = 2463534242u;
  for (uint32_t round = 0; round < n; round++) {
    for (uint32_t i = 0; i < SLOTS; i++) slots[i].count = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
      uint8_t word[WORD_LENGTH];
      uint32_t length = make_word(word);
      struct slot *slot = find(word, length);
      if (slot->count++ == 0) {
        slot->length = length;
        for (uint32_t c = 0; c < length; c++) slot->word[c] = word[c];
      }
    }
    for (uint32_t i = 0; i < SLOTS; i++) checksum = checksum * 31 + slots[i].count;
  }
  return checksum;
}
