#ifndef INTTYPES_H
#define INTTYPES_H
#include <stdint.h>
#define PRId64 "lld"
#endif
