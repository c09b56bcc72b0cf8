/* NPZ: directories that point elsewhere, sizes that lie, damaged deflate. */
#include "io/npz.h"

#include "fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct error error = {0};
    struct stream *stream = stream_from_memory(bytes, count, "fuzz");
    struct npz *npz = npz_open(stream, &error);
    bool end = false;
    while (npz && !end) {
        struct array array;
        char *name;
        if (!npz_read(npz, &name, &array, &end, &error))
            break;
        free(name);
        array_free(&array);
    }
    npz_close(npz);
    stream_close(stream);
    return 0;
}
