/* Routers and leaves: trees that lead nowhere, shapes that do not agree, texts, checksums. */
#include "pathway/leaf.h"
#include "pathway/router.h"

#include "fuzz.h"

#include "base/memory.h"

#include <stdlib.h>

static void use_router(const struct safetensors *file)
{
    struct error error = {0};
    struct router router;
    struct route route;
    if (!router_load(&router, file, "fuzz", &error))
        return;
    real *x = memory_zeroed(2 * router.inputs, sizeof *x);
    router_route(&router, x, x + router.inputs, &route);
    free(x);
    router_free(&router);
}

static void use_leaf(const struct safetensors *file)
{
    struct error error = {0};
    struct leaf leaf;
    if (!leaf_load(&leaf, file, "fuzz", &error))
        return;
    real *x = memory_zeroed(leaf.shape.inputs, sizeof *x);
    real *outputs = memory_zeroed(leaf.shape.outputs, sizeof *outputs);
    real *scratch = memory_alloc(leaf_scratch(&leaf.shape), sizeof *scratch);
    leaf_apply(&leaf.shape, leaf.block, x, 1, scratch, outputs);
    free(x);
    free(outputs);
    free(scratch);
    leaf_free(&leaf);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct error error = {0};
    struct safetensors file;
    struct stream *stream = stream_from_memory(bytes, count, "fuzz");
    if (safetensors_read(stream, &file, &error)) {
        use_router(&file);
        use_leaf(&file);
        safetensors_free(&file);
    }
    stream_close(stream);
    return 0;
}
