/* NPY: streams of records, in every dtype and order. */
#include "io/npy.h"

#include "fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct error error = {0};
    struct stream *stream = stream_from_memory(bytes, count, "fuzz");
    bool end = false;
    while (!end) {
        struct array array = {0};
        if (!npy_read(stream, &array, &end, &error))
            break;
        if (!end && array_count(&array) > 0) {
            size_t rows;
            size_t columns;
            volatile double last = array_value(&array, array_count(&array) - 1);
            (void)last;
            free(array_as_floats(&array, &rows, &columns));
        }
        array_free(&array);
    }
    stream_close(stream);
    return 0;
}
