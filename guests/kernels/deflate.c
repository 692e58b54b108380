/* Compression in the manner of zlib: LZ77 with hash chains and lazy matching,
 * canonical Huffman codes made anew for each block, a bit stream; then
 * decompression by code tables. Not the format of RFC 1951: lengths and
 * distances use Elias-gamma-like buckets throughout. The checksum is 0xbad
 * when a byte does not survive the round trip. */
#include "kernel.h"
KERNEL(deflate, 20);

#define LENGTH 49152u
#define WINDOW 32768u
#define BUCKETS 8192u
#define MIN_MATCH 3u
#define MAX_MATCH 258u
#define MAX_CHAIN 24
#define NOWHERE 0xffffffffu

/* Symbols: 256 literals, then lengths by bucket; distances have an alphabet of their own. */
#define LENGTH_BUCKETS 9u
#define SYMBOLS (256u + LENGTH_BUCKETS)
#define DISTANCE_BUCKETS 16u
#define LONGEST_CODE 15u
#define ITEMS_PER_BLOCK 4096u

static uint8_t text[LENGTH], unpacked[LENGTH], packed[2 * LENGTH];
static uint32_t newest[BUCKETS], older[WINDOW];

/* An item is a literal (distance 0) or a match. */
static struct item {
  uint16_t value, distance;
} items[ITEMS_PER_BLOCK];
static uint32_t item_count;

struct alphabet {
  uint32_t count;
  uint32_t frequency[SYMBOLS];
  uint8_t length[SYMBOLS];
  uint16_t code[SYMBOLS];             /* first bit lowest, as the stream has it */
  uint16_t per_length[LONGEST_CODE + 1]; /* for decoding: how many codes have which length */
  uint16_t sorted[SYMBOLS];           /* symbols in the order of their codes */
};
static struct alphabet symbols, distances;

static struct {
  uint32_t at, bits, held;
} stream;

static void put_bits(uint32_t value, uint32_t count) {
  stream.held |= value << stream.bits;
  for (stream.bits += count; stream.bits >= 8; stream.bits -= 8, stream.held >>= 8)
    packed[stream.at++] = (uint8_t)stream.held;
}

static uint32_t take_bits(uint32_t count) {
  while (stream.bits < count) {
    stream.held |= (uint32_t)packed[stream.at++] << stream.bits;
    stream.bits += 8;
  }
  uint32_t value = stream.held & ((1u << count) - 1);
  stream.held >>= count;
  stream.bits -= count;
  return value;
}

/* Bucket b holds 2^b … 2^(b+1) - 1; the bits below the highest follow the symbol. */
static uint32_t bucket_of(uint32_t value) {
  uint32_t bucket = 0;
  while (value >> (bucket + 1)) bucket++;
  return bucket;
}

/* Code lengths by Huffman's algorithm on a heap, made shorter where one is too long by counting frequencies in coarser
 * steps. */
static struct node {
  uint32_t weight;
  uint16_t parent;
} nodes[2 * SYMBOLS];
static uint16_t heap[SYMBOLS];
static uint32_t heap_size;

static int lighter(uint16_t x, uint16_t y) {
  return nodes[x].weight < nodes[y].weight || (nodes[x].weight == nodes[y].weight && x < y);
}

static void sift_down(uint32_t at) {
  uint16_t node = heap[at];
  for (uint32_t child; (child = 2 * at + 1) < heap_size; at = child) {
    if (child + 1 < heap_size && lighter(heap[child + 1], heap[child])) child++;
    if (!lighter(heap[child], node)) break;
    heap[at] = heap[child];
  }
  heap[at] = node;
}

static uint16_t take_lightest(void) {
  uint16_t lightest = heap[0];
  heap[0] = heap[--heap_size];
  sift_down(0);
  return lightest;
}

static uint32_t longest_code(struct alphabet *a, uint32_t coarse) {
  heap_size = 0;
  for (uint32_t i = 0; i < a->count; i++) {
    a->length[i] = 0;
    if (a->frequency[i] == 0) continue;
    nodes[i].weight = (a->frequency[i] >> coarse) + 1;
    heap[heap_size++] = (uint16_t)i;
  }
  if (heap_size == 0) return 0;
  if (heap_size == 1) return a->length[heap[0]] = 1;
  for (uint32_t i = heap_size / 2; i-- > 0;) sift_down(i);
  uint32_t next = SYMBOLS;
  while (heap_size > 1) {
    uint16_t left = take_lightest(), right = heap[0];
    nodes[left].parent = nodes[right].parent = (uint16_t)next;
    nodes[next].weight = nodes[left].weight + nodes[right].weight;
    heap[0] = (uint16_t)next++;
    sift_down(0);
  }
  uint32_t longest = 0;
  for (uint32_t i = 0; i < a->count; i++) {
    if (a->frequency[i] == 0) continue;
    uint32_t length = 1;
    for (uint32_t node = nodes[i].parent; node != next - 1; node = nodes[node].parent) length++;
    a->length[i] = (uint8_t)length;
    if (length > longest) longest = length;
  }
  return longest;
}

/* Codes in ascending order of length, then of symbol. */
static void assign_codes(struct alphabet *a) {
  uint32_t code = 0, place = 0;
  for (uint32_t length = 1; length <= LONGEST_CODE; length++, code <<= 1) {
    a->per_length[length] = 0;
    for (uint32_t i = 0; i < a->count; i++) {
      if (a->length[i] != length) continue;
      uint32_t reversed = 0;
      for (uint32_t bit = 0; bit < length; bit++) reversed |= (code >> bit & 1) << (length - 1 - bit);
      a->code[i] = (uint16_t)reversed;
      a->sorted[place++] = (uint16_t)i;
      a->per_length[length]++;
      code++;
    }
  }
}

static void write_alphabet(struct alphabet *a) {
  for (uint32_t coarse = 0; longest_code(a, coarse) > LONGEST_CODE; coarse++) {}
  assign_codes(a);
  for (uint32_t i = 0; i < a->count; i++) put_bits(a->length[i], 4);
}

static void read_alphabet(struct alphabet *a) {
  for (uint32_t i = 0; i < a->count; i++) a->length[i] = (uint8_t)take_bits(4);
  assign_codes(a);
}

static uint32_t take_symbol(const struct alphabet *a) {
  uint32_t code = 0, first = 0, place = 0;
  for (uint32_t length = 1; length <= LONGEST_CODE; length++) {
    code |= take_bits(1);
    uint32_t here = a->per_length[length];
    if (code - first < here) return a->sorted[place + code - first];
    place += here;
    first = (first + here) << 1;
    code <<= 1;
  }
  return 0;
}

static void put_symbol(const struct alphabet *a, uint32_t symbol) { put_bits(a->code[symbol], a->length[symbol]); }

static void put_bucket(const struct alphabet *a, uint32_t base, uint32_t value) {
  uint32_t bucket = bucket_of(value);
  put_symbol(a, base + bucket);
  put_bits(value & ((1u << bucket) - 1), bucket);
}

static uint32_t take_bucket(uint32_t bucket) { return 1u << bucket | take_bits(bucket); }

static void write_block(void) {
  for (uint32_t i = 0; i < SYMBOLS; i++) symbols.frequency[i] = 0;
  for (uint32_t i = 0; i < DISTANCE_BUCKETS; i++) distances.frequency[i] = 0;
  for (uint32_t i = 0; i < item_count; i++) {
    if (items[i].distance == 0) {
      symbols.frequency[items[i].value]++;
    } else {
      symbols.frequency[256 + bucket_of(items[i].value)]++;
      distances.frequency[bucket_of(items[i].distance)]++;
    }
  }
  put_bits(item_count & 0xff, 8);
  put_bits(item_count >> 8, 8);
  write_alphabet(&symbols);
  write_alphabet(&distances);
  for (uint32_t i = 0; i < item_count; i++) {
    if (items[i].distance == 0) {
      put_symbol(&symbols, items[i].value);
    } else {
      put_bucket(&symbols, 256, items[i].value);
      put_bucket(&distances, 0, items[i].distance);
    }
  }
  item_count = 0;
}

static void add_item(uint32_t value, uint32_t distance) {
  items[item_count++] = (struct item){(uint16_t)value, (uint16_t)distance};
  if (item_count == ITEMS_PER_BLOCK) write_block();
}

static uint32_t hash_at(uint32_t at) {
  uint32_t three = text[at] | (uint32_t)text[at + 1] << 8 | (uint32_t)text[at + 2] << 16;
  return three * 2654435761u >> 19; /* Fibonacci hashing, 13 bits */
}

static void remember(uint32_t at) {
  if (at + MIN_MATCH > LENGTH) return;
  uint32_t hash = hash_at(at);
  older[at % WINDOW] = newest[hash];
  newest[hash] = at;
}

static uint32_t longest_match(uint32_t at, uint32_t *distance) {
  uint32_t best = 0, limit = LENGTH - at < MAX_MATCH ? LENGTH - at : MAX_MATCH;
  if (limit < MIN_MATCH) return 0;
  uint32_t from = newest[hash_at(at)];
  for (int chain = 0; chain < MAX_CHAIN && from != NOWHERE && at - from < WINDOW; chain++) {
    if (text[from + best] == text[at + best]) {
      uint32_t length = 0;
      while (length < limit && text[from + length] == text[at + length]) length++;
      if (length > best) {
        best = length;
        *distance = at - from;
        if (best == limit) break;
      }
    }
    from = older[from % WINDOW];
  }
  return best;
}

static uint32_t compress(void) {
  for (uint32_t i = 0; i < BUCKETS; i++) newest[i] = NOWHERE;
  stream.at = stream.bits = stream.held = 0;
  for (uint32_t at = 0; at < LENGTH;) {
    uint32_t distance = 0, later = 0;
    uint32_t length = longest_match(at, &distance);
    remember(at);
    /* A longer match one byte on is worth a literal. */
    if (length >= MIN_MATCH && at + 1 < LENGTH && longest_match(at + 1, &later) > length) length = 0;
    if (length < MIN_MATCH) {
      add_item(text[at++], 0);
      continue;
    }
    add_item(length, distance);
    for (uint32_t end = at++ + length; at < end; at++) remember(at);
  }
  write_block();
  put_bits(0, 7);
  return stream.at;
}

static uint32_t decompress(uint32_t end) {
  uint32_t at = 0;
  stream.at = stream.bits = stream.held = 0;
  while (at < LENGTH && stream.at < end) {
    uint32_t count = take_bits(8);
    count |= take_bits(8) << 8;
    read_alphabet(&symbols);
    read_alphabet(&distances);
    for (; count > 0; count--) {
      uint32_t symbol = take_symbol(&symbols);
      if (symbol < 256) {
        unpacked[at++] = (uint8_t)symbol;
        continue;
      }
      uint32_t length = take_bucket(symbol - 256);
      uint32_t distance = take_bucket(take_symbol(&distances));
      for (; length > 0; length--, at++) unpacked[at] = unpacked[at - distance];
    }
  }
  return at;
}

/* Something like a log file: lines of a few forms with numbers in them. */
static void write_text(uint32_t seed) {
  static const char *const forms[] = {
    "open file # for reading\n", "close file #\n", "process # asks for # bytes\n", "page # is mapped, # are left\n",
    "timer # at #.#\n",          "no answer from #\n", "# of # done\n",             "block # charged #, gas #\n",
  };
  uint32_t at = 0;
  while (at < LENGTH) {
    seed = seed * 1664525u + 1013904223u;
    for (const char *c = forms[seed >> 29]; *c && at < LENGTH; c++) {
      if (*c != '#') {
        text[at++] = (uint8_t)*c;
        continue;
      }
      seed = seed * 1664525u + 1013904223u;
      for (uint32_t number = seed >> 18; number > 0 && at < LENGTH; number /= 10)
        text[at++] = (uint8_t)('0' + number % 10);
    }
  }
}

uint32_t kernel(uint32_t n) {
  uint32_t checksum = 0;
  symbols.count = SYMBOLS;
  distances.count = DISTANCE_BUCKETS;
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
