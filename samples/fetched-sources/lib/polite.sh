# The library: what is said to somebody.

greeting() {
    printf 'Good morning, %s.\n' "$1"
}
