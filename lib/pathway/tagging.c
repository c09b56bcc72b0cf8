#include "pathway/tagging.h"

#include "base/memory.h"

#include <stdlib.h>

struct run {
    struct tagging *tagging;
    FILE *file;
    real *x, *scratch;
};

static void write_record(const struct csv_record *record, FILE *file)
{
    for (size_t i = 0; i < record->count; i++) {
        fputc(',', file);
        csv_write_field(file, record->fields[i]);
    }
    fputc('\n', file);
}

static bool begin(void *context, const struct row_columns *columns,
                  const struct csv_record *header, struct error *error)
{
    const struct run *run = context;
    (void)columns;
    (void)error;
    if (header) {
        fputs("leaf,margin", run->file);
        write_record(header, run->file);
    }
    return true;
}

static bool tag_row(void *context, const struct row *row, struct error *error)
{
    struct run *run = context;
    const struct router *router = run->tagging->router;
    struct route route;
    (void)error;
    for (size_t j = 0; j < router->inputs; j++)
        run->x[j] = (real)row->inputs[j];
    router_route(router, run->x, run->scratch, &route);
    fprintf(run->file, "%u,", (unsigned)route.leaf);
    csv_write_float(run->file, (float)route_margin(&route));
    write_record(row->record, run->file);
    run->tagging->rows++;
    run->tagging->margin_sum += (double)route_margin(&route);
    return true;
}

bool tag_rows(struct tagging *tagging, struct stream *stream, struct output *output,
              struct error *error)
{
    size_t inputs = tagging->router->inputs;
    struct run run = {.tagging = tagging, .file = output->file};
    run.x = memory_alloc(2 * inputs, sizeof *run.x);
    run.scratch = run.x + inputs;
    const struct row_sink sink = {.begin = begin, .row = tag_row, .context = &run};
    bool good = rows_scan(stream, &tagging->router->columns, false, &sink, error);
    free(run.x);
    return good;
}
