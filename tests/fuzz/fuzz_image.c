/* PNG: chunks out of order, palettes, depths, sizes that lie. */
#include "io/image.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct error error = {0};
    struct array array;
    struct stream *stream = stream_from_memory(bytes, count, "fuzz");
    if (image_read(stream, &array, &error)) {
        double low, high;
        image_range(&array, &low, &high);
        image_scale(&array, low, high);
        array_free(&array);
    }
    stream_close(stream);
    return 0;
}
