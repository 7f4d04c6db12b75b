/* convert VALUE FROM TO: prints a length in another unit. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit {
    const char *symbol;
    double metres;
};

#include "units.h"

static const struct unit *find_unit(const char *symbol)
{
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        if (strcmp(UNITS[i].symbol, symbol) == 0)
            return &UNITS[i];
    fprintf(stderr, "convert: there is no unit %s\n", symbol);
    exit(1);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: convert VALUE FROM TO\n", stderr);
        return 2;
    }
    double metres = strtod(argv[1], NULL) * find_unit(argv[2])->metres;
    printf("%.6g\n", metres / find_unit(argv[3])->metres);
    return 0;
}
