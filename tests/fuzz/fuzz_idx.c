/* IDX: headers that promise too much, every element type. */
#include "io/idx.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct error error = {0};
    struct array array;
    struct stream *stream = stream_from_memory(bytes, count, "fuzz");
    if (idx_read(stream, &array, &error)) {
        volatile double last =
            array_count(&array) ? array_value(&array, array_count(&array) - 1) : 0;
        (void)last;
        array_free(&array);
    }
    stream_close(stream);
    return 0;
}
