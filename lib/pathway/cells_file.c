/* cells.csv: leaf,rows,halo_rows,sha256,halo_sha256. */
#include "pathway/cells.h"

#include "base/memory.h"
#include "io/csv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool cells_save(const struct cells *cells, const char *folder, struct error *error)
{
    struct output output;
    char *path = cells_path(folder);
    bool good = output_open(&output, path, error);
    free(path);
    if (!good)
        return false;
    fputs("leaf,rows,halo_rows,sha256,halo_sha256\n", output.file);
    for (size_t leaf = 0; leaf < cells->count; leaf++) {
        const struct cell *cell = &cells->list[leaf];
        fprintf(output.file, "%zu,%" PRIu64 ",%" PRIu64 ",%s,%s\n", leaf, cell->rows,
                cell->halo_rows, cell->hash, cell->halo_hash);
    }
    return output_commit(&output, error);
}

static bool is_hash(const char *text)
{
    return strlen(text) == SHA256_TEXT - 1 &&
           strspn(text, "0123456789abcdef") == SHA256_TEXT - 1;
}

static bool is_count(double value)
{
    return value >= 0 && value <= 0x1p53 && value == (double)(uint64_t)value;
}

static bool take(const struct table *table, struct cells *cells)
{
    const struct table_column *leaf = table_column_named(table, "leaf");
    const struct table_column *rows = table_column_named(table, "rows");
    const struct table_column *halo_rows = table_column_named(table, "halo_rows");
    const struct table_column *hash = table_column_named(table, "sha256");
    const struct table_column *halo_hash = table_column_named(table, "halo_sha256");
    if (!leaf || !rows || !halo_rows || !hash || !halo_hash || table->rows == 0 ||
        leaf->kind != COLUMN_NUMBER || rows->kind != COLUMN_NUMBER ||
        halo_rows->kind != COLUMN_NUMBER)
        return false;
    cells->count = table->rows;
    cells->list = memory_zeroed(table->rows, sizeof *cells->list);
    for (size_t i = 0; i < table->rows; i++) {
        struct cell *cell = &cells->list[i];
        bool halo = halo_hash->texts[i][0] != '\0';
        if (leaf->numbers[i] != (double)i || !is_count(rows->numbers[i]) ||
            !is_count(halo_rows->numbers[i]) || !is_hash(hash->texts[i]) ||
            (halo && !is_hash(halo_hash->texts[i])))
            return false;
        cell->rows = (uint64_t)rows->numbers[i];
        cell->halo_rows = (uint64_t)halo_rows->numbers[i];
        memcpy(cell->hash, hash->texts[i], SHA256_TEXT);
        if (halo)
            memcpy(cell->halo_hash, halo_hash->texts[i], SHA256_TEXT);
    }
    return true;
}

static bool load_from(struct cells *cells, struct stream *stream, const char *path,
                      struct error *error)
{
    static const char *const texts[] = {"sha256", "halo_sha256", NULL};
    struct table table;
    if (!table_read(stream, &(struct table_options){.text_columns = texts}, &table, error))
        return false;
    bool good = take(&table, cells) ||
                error_set(error, EX_DATAERR, "%s: not a list of cells; expected what "
                          "pathway-route writes", path);
    table_free(&table);
    return good;
}

bool cells_load(struct cells *cells, const char *folder, struct error *error)
{
    char *path = cells_path(folder);
    struct stream *stream = stream_open(path, error);
    *cells = (struct cells){0};
    bool good = stream && load_from(cells, stream, path, error);
    if (!good)
        cells_free(cells);
    if (stream)
        stream_close(stream);
    free(path);
    return good;
}

void cells_free(struct cells *cells)
{
    free(cells->list);
    *cells = (struct cells){0};
}
