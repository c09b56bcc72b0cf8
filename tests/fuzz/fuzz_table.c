/* Tables: CSV with quotes, ragged rows, odd numbers; gzip around it. */
#include "io/csv.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const struct table_options ways[] = {{0}, {.all_text = true}, {.allow_missing = true}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct error error = {0};
        struct table table = {0};
        struct stream *stream = stream_from_memory(bytes, count, "fuzz");
        if (table_read(stream, &ways[i], &table, &error)) {
            (void)table_column_named(&table, "x");
            table_free(&table);
        }
        stream_close(stream);
    }
    return 0;
}
