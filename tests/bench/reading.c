/*
 * reading csv FILE | npy [FILE]: how long table_read takes for a CSV file, or npy_read for all
 * records of a stream. Prints seconds by the clock and of the processor, bytes of the values, and
 * their sum, which the peer must agree with; then the peak of memory.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "io/csv.h"
#include "io/npy.h"

#include <stdio.h>
#include <string.h>

struct result {
    size_t bytes;
    double sum;
};

static void read_csv(struct stream *stream, struct result *result, struct error *error)
{
    struct table table;
    if (!table_read(stream, NULL, &table, error))
        error_exit(error);
    for (size_t i = 0; i < table.count; i++)
        for (size_t row = 0; row < table.rows; row++)
            result->sum += table.columns[i].numbers[row];
    result->bytes = table.rows * table.count * sizeof(double);
    table_free(&table);
}

/* The last value of each record: looking at all of them would be what is measured. */
static void read_npy(struct stream *stream, struct result *result, struct error *error)
{
    struct array array;
    bool end = false;
    while (!end) {
        if (!npy_read(stream, &array, &end, error))
            error_exit(error);
        if (!end)
            result->sum += array_value(&array, array_count(&array) - 1);
        result->bytes += end ? 0 : array_bytes(&array);
        array_free(&array);
    }
}

int main(int argc, char **argv)
{
    error_set_program(argv[0]);
    struct error error = {0};
    struct result result = {0};
    if (argc < 2)
        error_die(EX_USAGE, "usage: reading csv FILE | npy [FILE]");
    double started = progress_seconds(), processor = progress_processor_seconds();
    struct stream *stream = stream_open(argc > 2 ? argv[2] : "-", &error);
    if (!stream)
        error_exit(&error);
    if (strcmp(argv[1], "csv") == 0)
        read_csv(stream, &result, &error);
    else
        read_npy(stream, &result, &error);
    stream_close(stream);
    printf("%.9f %.9f %zu %.17g %zu\n", progress_seconds() - started,
           progress_processor_seconds() - processor, result.bytes, result.sum,
           memory_peak_bytes());
    return EX_OK;
}
