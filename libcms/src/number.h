/* Texts and numbers, converted as the .NET reader does. */
#ifndef CMS_NUMBER_H
#define CMS_NUMBER_H

#include "segment.h"

/* The longest text that is read as a float; the longest text that a number makes, with its zero byte. */
enum { MOST_FLOAT_TEXT = 1024, MOST_NUMBER_TEXT = 32 };

/* Decimal digits with an optional sign, nothing else, within 64 bits. */
bool cms_parse_int(const unsigned char *text, size_t size, int64_t *value);

/* Digits with at most one point, an optional sign and exponent; or Infinity or NaN. */
bool cms_parse_float(locale_t locale, const unsigned char *text, size_t size, double *value);

/* UCI's spellings. */
bool cms_parse_bool(const unsigned char *text, size_t size, bool *value);

/* Writes a number out as text with a zero byte and returns the bytes before that. */
size_t cms_format_int(int64_t value, char text[MOST_NUMBER_TEXT]);
size_t cms_format_float(locale_t locale, double value, char text[MOST_NUMBER_TEXT]);

#endif
