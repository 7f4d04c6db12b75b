/* Counting the characters of UTF-8 text that arrives in pieces. */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>

struct utf8_counter {
    size_t characters;
    unsigned open; /* bytes that the last character still lacks */
    bool broken;   /* something was no UTF-8 */
};

/* Count on with the next piece of the text. */
void utf8_feed(struct utf8_counter *counter, const unsigned char *bytes, size_t length);

/* Whether all that was fed is whole UTF-8. */
bool utf8_valid(const struct utf8_counter *counter);

#endif
