/* Samples for networks of multivectors: blocks of five records. */
#include "multivector/multivector_data.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct error error = {0};
    struct multivector_data data;
    struct stream *stream = stream_from_memory(bytes, count, "fuzz");
    if (multivector_data_read(stream, &data, &error)) {
        volatile real last = data.parts[PART_VECTORS][0];
        (void)last;
        multivector_data_free(&data);
    }
    stream_close(stream);
    return 0;
}
