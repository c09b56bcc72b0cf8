/*
 * Reachability indices in files: whatever the tensors hold, a query must stay within them. The
 * checksum is made to fit, since no fuzzer would.
 */
#include "dag/reachability.h"

#include "fuzz.h"

static void query(const struct reachability *index)
{
    struct reachability_scratch scratch;
    uint32_t nodes = index->nodes < 64 ? (uint32_t)index->nodes : 64;
    reachability_scratch_begin(&scratch, index);
    for (uint32_t u = 0; u < nodes; u++)
        for (uint32_t v = 0; v < nodes; v++)
            (void)reachability_relate(index, &scratch, u, v);
    reachability_scratch_end(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct error error = {0};
    struct safetensors file = {0};
    struct stream *stream = stream_from_memory(bytes, count, "fuzz");
    if (safetensors_read(stream, &file, &error)) {
        struct reachability index;
        reachability_seal(&file);
        if (reachability_load(&index, &file, "fuzz", &error)) {
            query(&index);
            reachability_free(&index);
        }
        safetensors_free(&file);
    }
    stream_close(stream);
    return 0;
}
