#include "layout.h"

/* Eight classes that go from 128 << d to 256 << d in equal steps. */
#define EIGHT(d)                                                                                                     \
    (128 + 16) << (d), (128 + 32) << (d), (128 + 48) << (d), (128 + 64) << (d), (128 + 80) << (d), (128 + 96) << (d), \
        (128 + 112) << (d), (128 + 128) << (d)

const uint32_t cms_class_sizes[256] = {
    24,        32,        40,        48,        56,        64,        72,        80,        88,
    96,        104,       112,       120,       128,       EIGHT(0),  EIGHT(1),  EIGHT(2),  EIGHT(3),
    EIGHT(4),  EIGHT(5),  EIGHT(6),  EIGHT(7),  EIGHT(8),  EIGHT(9),  EIGHT(10), EIGHT(11), EIGHT(12),
    EIGHT(13), EIGHT(14), EIGHT(15), EIGHT(16),
};
