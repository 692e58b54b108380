/* Chess move generation, counted: perft [-d] [DEPTH [FEN]].
 * Without arguments it counts six positions whose numbers are well known
 * (chessprogramming.org, "Perft Results") and checks itself against them;
 * -d lists the count below each first move. */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum piece { EMPTY, PAWN, KNIGHT, BISHOP, ROOK, QUEEN, KING };
enum { WHITE = 8, BLACK = 16, PIECE = 7, COLOUR = WHITE | BLACK };
enum { WHITE_SHORT = 1, WHITE_LONG = 2, BLACK_SHORT = 4, BLACK_LONG = 8 };

/* 0x88 board: square = 16 * rank + file; a square is off the board when it has a bit of 0x88. */
typedef uint8_t square;
#define SQUARE(file, rank) ((square)((rank) * 16 + (file)))
#define OFF_BOARD(s) ((s) & 0x88)
#define NO_SQUARE 0x88

struct position {
  uint8_t board[128];
  uint8_t side;
  uint8_t castling;
  square en_passant; /* the square passed over, or NO_SQUARE */
  square king[2];    /* by side_index */
};

struct move {
  square from, to;
  uint8_t promotion;
};

#define MOST_MOVES 256 /* 218 is the largest number known in any position */
struct move_list {
  int count;
  struct move moves[MOST_MOVES];
};

static int side_index(uint8_t side) { return side == BLACK; }
static uint8_t opponent(uint8_t side) { return side ^ COLOUR; }

static const int8_t knight_steps[] = {33, 31, 18, 14, -14, -18, -31, -33, 0};
static const int8_t king_steps[] = {16, -16, 1, -1, 17, 15, -15, -17, 0};
static const int8_t bishop_steps[] = {17, 15, -15, -17, 0};
static const int8_t rook_steps[] = {16, -16, 1, -1, 0};

static bool slider_attacks(const struct position *p, square target, uint8_t by, const int8_t *steps, enum piece kind) {
  for (; *steps; steps++) {
    square s = (square)(target + *steps);
    while (!OFF_BOARD(s) && p->board[s] == EMPTY) s = (square)(s + *steps);
    if (OFF_BOARD(s)) continue;
    if (p->board[s] == (by | kind) || p->board[s] == (by | QUEEN)) return true;
  }
  return false;
}

static bool leaper_attacks(const struct position *p, square target, uint8_t by, const int8_t *steps, enum piece kind) {
  for (; *steps; steps++) {
    square s = (square)(target + *steps);
    if (!OFF_BOARD(s) && p->board[s] == (by | kind)) return true;
  }
  return false;
}

static bool attacked(const struct position *p, square target, uint8_t by) {
  int back = by == WHITE ? -16 : 16; /* from the target towards the pawns that attack it */
  for (int side = -1; side <= 1; side += 2) {
    square s = (square)(target + back + side);
    if (!OFF_BOARD(s) && p->board[s] == (by | PAWN)) return true;
  }
  return leaper_attacks(p, target, by, knight_steps, KNIGHT) || leaper_attacks(p, target, by, king_steps, KING) ||
         slider_attacks(p, target, by, bishop_steps, BISHOP) || slider_attacks(p, target, by, rook_steps, ROOK);
}

static void add(struct move_list *list, square from, square to, uint8_t promotion) {
  list->moves[list->count++] = (struct move){from, to, promotion};
}

static void add_pawn(struct move_list *list, square from, square to) {
  if (to >> 4 == 0 || to >> 4 == 7) {
    for (uint8_t kind = KNIGHT; kind <= QUEEN; kind++) add(list, from, to, kind);
  } else {
    add(list, from, to, EMPTY);
  }
}

static void pawn_moves(const struct position *p, square from, struct move_list *list) {
  int ahead = p->side == WHITE ? 16 : -16;
  int home_rank = p->side == WHITE ? 1 : 6;
  square to = (square)(from + ahead);
  if (p->board[to] == EMPTY) {
    add_pawn(list, from, to);
    square two = (square)(to + ahead);
    if (from >> 4 == home_rank && p->board[two] == EMPTY) add(list, from, two, EMPTY);
  }
  for (int side = -1; side <= 1; side += 2) {
    to = (square)(from + ahead + side);
    if (OFF_BOARD(to)) continue;
    if (p->board[to] & opponent(p->side) || to == p->en_passant) add_pawn(list, from, to);
  }
}

static void piece_moves(const struct position *p, square from, const int8_t *steps, bool slides, struct move_list *list) {
  for (; *steps; steps++) {
    for (square to = (square)(from + *steps); !OFF_BOARD(to); to = (square)(to + *steps)) {
      if (p->board[to] & p->side) break;
      add(list, from, to, EMPTY);
      if (p->board[to] != EMPTY || !slides) break;
    }
  }
}

/* `king` stands on its own square; the squares up to `rook_distance` must be empty, those the king crosses safe. */
static void castle(const struct position *p, square king, int direction, int rook_distance, struct move_list *list) {
  for (int i = 1; i < rook_distance; i++)
    if (p->board[king + direction * i] != EMPTY) return;
  for (int i = 0; i <= 1; i++)
    if (attacked(p, (square)(king + direction * i), opponent(p->side))) return;
  add(list, king, (square)(king + 2 * direction), EMPTY);
}

/* All moves by the rules of movement; leaving the king in check is found out later. */
static void generate(const struct position *p, struct move_list *list) {
  list->count = 0;
  for (int s = 0; s < 128; s++) {
    square from = (square)s;
    if (OFF_BOARD(from) || !(p->board[from] & p->side)) continue;
    switch (p->board[from] & PIECE) {
      case PAWN: pawn_moves(p, from, list); break;
      case KNIGHT: piece_moves(p, from, knight_steps, false, list); break;
      case BISHOP: piece_moves(p, from, bishop_steps, true, list); break;
      case ROOK: piece_moves(p, from, rook_steps, true, list); break;
      case QUEEN: piece_moves(p, from, king_steps, true, list); break;
      case KING: piece_moves(p, from, king_steps, false, list); break;
    }
  }
  square king = p->king[side_index(p->side)];
  int rights = p->side == WHITE ? p->castling : p->castling >> 2;
  if (rights & WHITE_SHORT) castle(p, king, 1, 3, list);
  if (rights & WHITE_LONG) castle(p, king, -1, 4, list);
}

/* What moving from or to a square does to the castling rights. */
static uint8_t rights_kept(square s) {
  switch (s) {
    case SQUARE(0, 0): return (uint8_t)~WHITE_LONG;
    case SQUARE(4, 0): return (uint8_t) ~(WHITE_LONG | WHITE_SHORT);
    case SQUARE(7, 0): return (uint8_t)~WHITE_SHORT;
    case SQUARE(0, 7): return (uint8_t)~BLACK_LONG;
    case SQUARE(4, 7): return (uint8_t) ~(BLACK_LONG | BLACK_SHORT);
    case SQUARE(7, 7): return (uint8_t)~BLACK_SHORT;
    default: return 0xff;
  }
}

/* False when the mover's king could be taken. */
static bool make(struct position *p, struct move m) {
  uint8_t piece = p->board[m.from], side = p->side;
  int ahead = side == WHITE ? 16 : -16;
  p->board[m.from] = EMPTY;
  p->board[m.to] = m.promotion ? side | m.promotion : piece;
  square passed = NO_SQUARE;
  if ((piece & PIECE) == PAWN) {
    if (m.to == p->en_passant) p->board[m.to - ahead] = EMPTY;
    if (m.to - m.from == 2 * ahead) passed = (square)(m.from + ahead);
  } else if ((piece & PIECE) == KING) {
    p->king[side_index(side)] = m.to;
    if (m.to - m.from == 2) {
      p->board[m.to - 1] = p->board[m.to + 1];
      p->board[m.to + 1] = EMPTY;
    } else if (m.from - m.to == 2) {
      p->board[m.to + 1] = p->board[m.to - 2];
      p->board[m.to - 2] = EMPTY;
    }
  }
  p->en_passant = passed;
  p->castling &= rights_kept(m.from) & rights_kept(m.to);
  p->side = opponent(side);
  return !attacked(p, p->king[side_index(side)], p->side);
}

static uint64_t perft(const struct position *p, int depth) {
  if (depth == 0) return 1;
  struct move_list list;
  generate(p, &list);
  uint64_t leaves = 0;
  for (int i = 0; i < list.count; i++) {
    struct position next = *p;
    if (make(&next, list.moves[i])) leaves += perft(&next, depth - 1);
  }
  return leaves;
}

static void print_move(struct move m) {
  printf("%c%c%c%c", 'a' + (m.from & 7), '1' + (m.from >> 4), 'a' + (m.to & 7), '1' + (m.to >> 4));
  if (m.promotion) putchar("  nbrq"[m.promotion]);
}

static uint64_t divide(const struct position *p, int depth) {
  struct move_list list;
  generate(p, &list);
  uint64_t leaves = 0;
  for (int i = 0; i < list.count; i++) {
    struct position next = *p;
    if (!make(&next, list.moves[i])) continue;
    uint64_t below = perft(&next, depth - 1);
    print_move(list.moves[i]);
    printf(": %llu\n", (unsigned long long)below);
    leaves += below;
  }
  return leaves;
}

/* Forsyth-Edwards notation; false when the text is not a position with two kings. */
static bool parse_fen(struct position *p, const char *fen) {
  static const char letters[] = " pnbrqk";
  memset(p, 0, sizeof *p);
  p->king[0] = p->king[1] = NO_SQUARE;
  int file = 0, rank = 7;
  for (; *fen && *fen != ' '; fen++) {
    const char *found = strchr(letters + 1, tolower((unsigned char)*fen));
    if (*fen == '/') {
      file = 0;
      if (--rank < 0) return false;
    } else if (isdigit((unsigned char)*fen)) {
      file += *fen - '0';
    } else if (found && file < 8) {
      uint8_t side = isupper((unsigned char)*fen) ? WHITE : BLACK, kind = (uint8_t)(found - letters);
      if (kind == KING) p->king[side_index(side)] = SQUARE(file, rank);
      p->board[SQUARE(file++, rank)] = side | kind;
    } else {
      return false;
    }
  }
  while (*fen == ' ') fen++;
  p->side = *fen == 'b' ? BLACK : WHITE;
  if (*fen) fen++;
  while (*fen == ' ') fen++;
  for (; *fen && *fen != ' '; fen++) {
    const char *right = strchr("KQkq", *fen);
    if (right) p->castling |= (uint8_t)(1 << (right - "KQkq"));
  }
  while (*fen == ' ') fen++;
  p->en_passant = NO_SQUARE;
  if (fen[0] >= 'a' && fen[0] <= 'h' && fen[1] >= '1' && fen[1] <= '8')
    p->en_passant = SQUARE(fen[0] - 'a', fen[1] - '1');
  return p->king[0] != NO_SQUARE && p->king[1] != NO_SQUARE;
}

#define INITIAL "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1"

static const struct {
  const char *fen;
  int depth;
  uint64_t leaves;
} known[] = {
  {INITIAL, 4, 197281},
  {"r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1", 3, 97862},
  {"8/2p5/3p4/KP5r/1R3p1k/8/4P1P1/8 w - - 0 1", 4, 43238},
  {"r3k2r/Pppp1ppp/1b3nbN/nP6/BBP1P3/q4N2/Pp1P2PP/R2Q1RK1 w kq - 0 1", 3, 9467},
  {"rnbq1k1r/pp1Pbppp/2p5/8/2B5/8/PPP1NnPP/RNBQK2R w KQ - 1 8", 3, 62379},
  {"r4rk1/1pp1qppp/p1np1n2/2b1p1B1/2B1P1b1/P1NP1N2/1PP1QPPP/R4RK1 w - - 0 10", 3, 89890},
};

static int check_known(void) {
  int wrong = 0;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    struct position p;
    if (!parse_fen(&p, known[i].fen)) return 2;
    uint64_t leaves = perft(&p, known[i].depth);
    bool right = leaves == known[i].leaves;
    wrong += !right;
    printf("%s\n  depth %d: %llu %s\n", known[i].fen, known[i].depth, (unsigned long long)leaves, right ? "ok" : "WRONG");
  }
  return wrong ? 1 : 0;
}

int main(int argc, char **argv) {
  bool list_moves = argc > 1 && strcmp(argv[1], "-d") == 0;
  char **rest = argv + 1 + list_moves;
  int count = argc - 1 - list_moves;
  if (count == 0 && !list_moves) return check_known();
  int depth = count > 0 ? atoi(rest[0]) : 1;
  struct position p;
  if (depth < 1 || depth > 10 || !parse_fen(&p, count > 1 ? rest[1] : INITIAL)) {
    fputs("usage: perft [-d] [DEPTH 1-10 [FEN]]\n", stderr);
    return 2;
  }
  uint64_t leaves = list_moves ? divide(&p, depth) : perft(&p, depth);
  printf("depth %d: %llu\n", depth, (unsigned long long)leaves);
  return 0;
}
