/* LZ77 with hash chains: compresses generated text, decompresses it and
 * compares. Byte copies, table look-ups, data-dependent loops. The returned
 * checksum is 0xbad when a byte does not survive the round trip. */
#include "kernel.h"
KERNEL(lz, 40);

#define LENGTH 65536
#define TABLE 4096
#define MIN_MATCH 4
#define MAX_MATCH (MIN_MATCH + 255)
#define MAX_CHAIN 16
#define NOWHERE 0xffffffffu

static uint8_t text[LENGTH], packed[LENGTH + LENGTH / 8 + 16], unpacked[LENGTH];
static uint32_t newest[TABLE], older[LENGTH];

static void write_text(uint32_t seed) {
  static const char *const words[] = {
    "guest ", "host ", "gas ", "block ", "the ", "of ", "trap", "memory ", "a ", "register ", "page", ".\n",
    "call ", "and ", "loop ", "stack",
  };
  uint32_t at = 0;
  while (at < LENGTH) {
    seed = seed * 1664525u + 1013904223u;
    for (const char *c = words[seed >> 28]; *c && at < LENGTH; c++) text[at++] = (uint8_t)*c;
    if ((seed >> 20 & 31) == 0 && at < LENGTH) text[at++] = (uint8_t)('0' + (seed >> 8) % 10);
  }
}

static uint32_t bucket(uint32_t at) {
  uint32_t four = text[at] | (uint32_t)text[at + 1] << 8 | (uint32_t)text[at + 2] << 16 | (uint32_t)text[at + 3] << 24;
  return four * 2654435761u >> 20; /* Fibonacci hashing: 2^32 divided by the golden ratio */
}

static uint32_t match_length(uint32_t from, uint32_t at) {
  uint32_t length = 0, limit = LENGTH - at < MAX_MATCH ? LENGTH - at : MAX_MATCH;
  while (length < limit && text[from + length] == text[at + length]) length++;
  return length;
}

static void remember(uint32_t at) {
  if (at + MIN_MATCH > LENGTH) return;
  uint32_t b = bucket(at);
  older[at] = newest[b];
  newest[b] = at;
}

/* One flag byte before each eight items; an item is a literal byte or
 * (length - MIN_MATCH, distance low, distance high). */
static uint32_t compress(void) {
  uint32_t at = 0, out = 0, flags_at = 0, item = 0;
  for (uint32_t i = 0; i < TABLE; i++) newest[i] = NOWHERE;
  while (at < LENGTH) {
    if (item++ % 8 == 0) {
      flags_at = out++;
      packed[flags_at] = 0;
    }
    uint32_t best = 0, best_from = 0;
    if (at + MIN_MATCH <= LENGTH) {
      uint32_t from = newest[bucket(at)];
      for (int chain = 0; chain < MAX_CHAIN && from != NOWHERE; chain++, from = older[from]) {
        uint32_t length = match_length(from, at);
        if (length > best) best = length, best_from = from;
      }
    }
    if (best >= MIN_MATCH) {
      uint32_t distance = at - best_from;
      packed[flags_at] |= (uint8_t)(1u << (item - 1) % 8);
      packed[out++] = (uint8_t)(best - MIN_MATCH);
      packed[out++] = (uint8_t)distance;
      packed[out++] = (uint8_t)(distance >> 8);
    } else {
      best = 1;
      packed[out++] = text[at];
    }
    for (; best > 0; best--) remember(at++);
  }
  return out;
}

static uint32_t decompress(uint32_t length) {
  uint32_t at = 0, in = 0, flags = 0;
  for (uint32_t item = 0; in < length; item++) {
    if (item % 8 == 0) flags = packed[in++];
    if (flags >> item % 8 & 1) {
      uint32_t count = packed[in] + MIN_MATCH;
      uint32_t distance = packed[in + 1] | (uint32_t)packed[in + 2] << 8;
      in += 3;
      for (; count > 0; count--, at++) unpacked[at] = unpacked[at - distance];
    } else {
      unpacked[at++] = packed[in++];
    }
  }
  return at;
}

uint32_t kernel(uint32_t n) {
  uint32_t checksum = 0;
  for (uint32_t round = 0; round < n; round++) {
    write_text(round);
    uint32_t length = compress();
    if (decompress(length) != LENGTH) return 0xbad;
    for (uint32_t i = 0; i < LENGTH; i++)
      if (text[i] != unpacked[i]) return 0xbad;
    checksum = checksum * 31 + length;
    for (uint32_t i = 0; i < length; i += 61) checksum = checksum * 33 ^ packed[i];
  }
  return checksum;
}
