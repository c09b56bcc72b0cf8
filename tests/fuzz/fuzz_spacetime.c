/*
 * Models of dag-spacetime: whatever configuration and tensors say, what is loaded must answer,
 * measure and be told of without leaving them. The index's checksum is made to fit, since no fuzzer
 * would.
 */
#include "spacetime/spacetime_query.h"

#include "fuzz.h"

#include <stdlib.h>

enum { MOST_NAMES = 8 };

static void ask(const struct placed_spacetime *placed)
{
    struct node_pair pairs[MOST_NAMES * MOST_NAMES];
    uint8_t relations[MOST_NAMES * MOST_NAMES];
    float values[MOST_NAMES * MOST_NAMES];
    size_t names = placed->names.count < MOST_NAMES ? placed->names.count : MOST_NAMES;
    for (size_t i = 0; i < names * names; i++)
        pairs[i] = (struct node_pair){(uint32_t)(i / names), (uint32_t)(i % names)};
    spacetime_relate(placed, pairs, names * names, relations);
    spacetime_measure(placed, pairs, names * names, values);
    spacetime_intervals(placed, pairs, names * names, values);
    free(spacetime_promise(placed));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct error error = {0};
    struct safetensors file = {0};
    struct stream *stream = stream_from_memory(bytes, count, "fuzz");
    if (safetensors_read(stream, &file, &error)) {
        struct placed_spacetime placed;
        reachability_seal(&file);
        if (placed_spacetime_restore(&placed, &file, "fuzz", &error))
            ask(&placed);
        placed_spacetime_free(&placed);
        safetensors_free(&file);
    }
    stream_close(stream);
    return 0;
}
