#include "utf8.h"

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* How many bytes follow a first byte; 4 where no character begins with it. */
static unsigned bytes_after(unsigned char first)
{
    if (first < 0x80)
        return 0;
    if (first >= 0xC2 && first < 0xE0)
        return 1;
    if (first >= 0xE0 && first < 0xF0)
        return 2;
    if (first >= 0xF0 && first < 0xF5)
        return 3;
    return 4;
}

static void feed_byte(struct utf8_counter *counter, unsigned char byte)
{
    if (counter->open > 0 && is_continuation(byte)) {
        counter->open--;
        return;
    }
    unsigned after = bytes_after(byte);
    if (counter->open > 0 || after == 4)
        counter->broken = true;
    counter->open = after == 4 ? 0 : after;
    counter->characters++;
}

void utf8_feed(struct utf8_counter *counter, const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        feed_byte(counter, bytes[i]);
}

bool utf8_valid(const struct utf8_counter *counter)
{
    return !counter->broken && counter->open == 0;
}
