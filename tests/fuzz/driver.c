/*
 * The main program of a fuzzer where libFuzzer is not at hand: feeds it every file of its corpus
 * and FUZZ_ROUNDS (default 300) mutations of each, the same ones every time.
 *
 *   fuzz_NAME [FILE]...     default: all of $srcdir/tests/fuzz/corpus/NAME
 *
 * Every input is written to FUZZ_INPUT, if that is set, before it is tried: after a crash, that
 * file is the culprit.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/rng.h"
#include "fuzz.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 1 << 20, DEFAULT_ROUNDS = 300 };

struct input {
    size_t count;
    unsigned char *bytes;
};

static struct input read_input(const char *name)
{
    struct input input = {.bytes = memory_alloc(MOST_BYTES, 1)};
    FILE *file = fopen(name, "rb");
    if (file) {
        input.count = fread(input.bytes, 1, MOST_BYTES, file);
        fclose(file);
    } else {
        error_die(EX_NOINPUT, "%s: cannot open", name);
    }
    return input;
}

/* Numbers that sit on the edges of types and lengths. */
static unsigned char interesting_byte(struct rng *rng)
{
    static const unsigned char bytes[] = {0,   1,   0x7f, 0x80, 0xff, '0', '9', '-', ',', '\n',
                                          '"', '{', '}',  '[',  ']',  '(', ')', ':', 'e', '.'};
    return bytes[rng_below(rng, sizeof bytes)];
}

static void insert_byte(struct input *input, size_t at, unsigned char byte)
{
    if (input->count == MOST_BYTES)
        return;
    memmove(input->bytes + at + 1, input->bytes + at, input->count - at);
    input->bytes[at] = byte;
    input->count++;
}

static void remove_bytes(struct input *input, size_t at, size_t count)
{
    if (count > input->count - at)
        count = input->count - at;
    memmove(input->bytes + at, input->bytes + at + count, input->count - at - count);
    input->count -= count;
}

static void mutate_once(struct input *input, struct rng *rng)
{
    size_t at = (size_t)rng_below(rng, input->count + 1);
    bool inside = at < input->count;
    switch (rng_below(rng, 7)) {
    case 0:
        if (inside)
            input->bytes[at] ^= (unsigned char)(1u << rng_below(rng, 8));
        break;
    case 1:
        if (inside)
            input->bytes[at] = (unsigned char)rng_bits(rng);
        break;
    case 2:
        if (inside)
            input->bytes[at] = interesting_byte(rng);
        break;
    case 3: insert_byte(input, at, interesting_byte(rng)); break;
    case 4: remove_bytes(input, at, 1 + (size_t)rng_below(rng, 16)); break;
    case 5: input->count = at; break;
    default: /* a piece moves within the input */
        if (inside) {
            size_t from = (size_t)rng_below(rng, input->count);
            size_t room = input->count - (from > at ? from : at);
            memmove(input->bytes + at, input->bytes + from, (size_t)rng_below(rng, room + 1));
        }
    }
}

/* The fuzzer gets bytes of exact size, so that a sanitizer notices reading past them. */
static void try_input(const struct input *input)
{
    const char *trace = getenv("FUZZ_INPUT");
    FILE *file = trace ? fopen(trace, "wb") : NULL;
    if (file) {
        fwrite(input->bytes, 1, input->count, file);
        fclose(file);
    }
    unsigned char *exact = memory_resize(NULL, input->count, 1);
    memcpy(exact, input->bytes, input->count);
    LLVMFuzzerTestOneInput(exact, input->count);
    free(exact);
}

static void try_file(const char *name, uint32_t index, long rounds)
{
    struct input seed = read_input(name);
    struct input changed = {.bytes = memory_alloc(MOST_BYTES, 1)};
    struct rng rng = rng_make(1, RNG_TEST, index);
    try_input(&seed);
    for (long round = 0; round < rounds; round++) {
        memcpy(changed.bytes, seed.bytes, seed.count);
        changed.count = seed.count;
        for (uint64_t times = 1 + rng_below(&rng, 4); times > 0; times--)
            mutate_once(&changed, &rng);
        try_input(&changed);
    }
    free(seed.bytes);
    free(changed.bytes);
}

static char *corpus_pattern(const char *argv0)
{
    const char *source = getenv("srcdir");
    const char *name = strstr(argv0, "fuzz_");
    for (const char *next = name; next; next = strstr(next + 1, "fuzz_"))
        name = next;
    return memory_format("%s/tests/fuzz/corpus/%s/*", source ? source : ".",
                         name ? name + strlen("fuzz_") : argv0);
}

int main(int argc, char **argv)
{
    error_set_program(argv[0]);
    error_quiet(true);
    const char *text = getenv("FUZZ_ROUNDS");
    long rounds = text ? atol(text) : DEFAULT_ROUNDS;
    if (argc > 1) {
        for (int i = 1; i < argc; i++)
            try_file(argv[i], (uint32_t)i, rounds);
        return EXIT_SUCCESS;
    }
    glob_t corpus;
    char *pattern = corpus_pattern(argv[0]);
    if (glob(pattern, 0, NULL, &corpus) != 0)
        error_die(EX_NOINPUT, "%s: no corpus", pattern);
    for (size_t i = 0; i < corpus.gl_pathc; i++)
        try_file(corpus.gl_pathv[i], (uint32_t)i, rounds);
    printf("%zu files and %ld mutations of each\n", corpus.gl_pathc, rounds);
    globfree(&corpus);
    free(pattern);
    return EXIT_SUCCESS;
}
