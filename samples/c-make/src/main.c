/* utf8count: prints how many characters the text on stdin has. */

#include "utf8.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    struct utf8_counter counter = {0};
    unsigned char piece[4096];
    size_t length;

    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts(VERSION);
        return 0;
    }
    while ((length = fread(piece, 1, sizeof piece, stdin)) > 0)
        utf8_feed(&counter, piece, length);
    if (ferror(stdin)) {
        perror("utf8count");
        return 2;
    }
    printf("%zu\n", counter.characters);
    if (!utf8_valid(&counter)) {
        fputs("utf8count: this is not UTF-8\n", stderr);
        return 1;
    }
    return 0;
}
