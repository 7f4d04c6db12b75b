/* Tests without a library: a table of texts and what is to come out. */

#include "utf8.h"

#include <stdio.h>
#include <string.h>

struct example {
    const char *name;
    const char *text;
    size_t characters;
    bool valid;
};

static const struct example EXAMPLES[] = {
    {"nothing at all", "", 0, true},
    {"ASCII", "make", 4, true},
    {"two bytes a character", "gr\xC3\xBC\xC3\x9F", 4, true},
    {"three and four bytes", "\xE2\x82\xAC \xF0\x9F\x94\xA7", 3, true},
    {"text that ends within a character", "gr\xC3", 3, false},
    {"a byte that begins nothing", "a\xFF" "b", 3, false},
    {"a character cut off by the next", "\xE2\x82" "a", 2, false},
};

/* Byte by byte, so that every border between pieces is tried. */
static bool passes(const struct example *example)
{
    struct utf8_counter counter = {0};
    size_t length = strlen(example->text);

    for (size_t i = 0; i < length; i++)
        utf8_feed(&counter, (const unsigned char *)example->text + i, 1);
    return counter.characters == example->characters && utf8_valid(&counter) == example->valid;
}

int main(void)
{
    size_t count = sizeof EXAMPLES / sizeof *EXAMPLES;
    size_t failed = 0;

    for (size_t i = 0; i < count; i++) {
        bool passed = passes(&EXAMPLES[i]);
        printf("%s - %s\n", passed ? "ok" : "not ok", EXAMPLES[i].name);
        failed += !passed;
    }
    printf("%zu of %zu tests passed\n", count - failed, count);
    return failed > 0;
}
