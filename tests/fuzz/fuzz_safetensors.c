/* safetensors: the header's JSON, offsets that overlap or lead nowhere, metadata. */
#include "io/safetensors.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct error error = {0};
    struct safetensors file = {0};
    struct stream *stream = stream_from_memory(bytes, count, "fuzz");
    if (safetensors_read(stream, &file, &error)) {
        volatile double sum = 0;
        for (size_t i = 0; i < file.count; i++) {
            const struct array *array = &file.entries[i].array;
            if (array_count(array) > 0)
                sum += array_value(array, array_count(array) - 1);
        }
        (void)safetensors_metadata(&file, "format");
        safetensors_free(&file);
    }
    stream_close(stream);
    return 0;
}
