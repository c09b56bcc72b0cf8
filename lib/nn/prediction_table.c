#include "nn/prediction_table.h"

#include "base/memory.h"
#include "base/output.h"
#include "io/csv.h"
#include "io/json.h"
#include "io/npy.h"
#include "nn/classification.h"

#include <stdlib.h>
#include <string.h>

struct rows {
    const char *heading;
    const struct names *items, *classes;
    bool several;
    const real *probabilities;
};

/* What is predicted for an item, in memory that grows. */
static const char *predicted_text(const struct rows *rows, size_t item, char **text,
                                  size_t *capacity)
{
    size_t classes = rows->classes->count, length = 0;
    const real *p = rows->probabilities + item * classes;
    if (!rows->several)
        return rows->classes->strings[class_of_largest(p, classes)];
    *text = memory_grow(*text, capacity, 1, 1);
    **text = '\0';
    for (size_t c = 0; c < classes; c++) {
        if (p[c] < (real)0.5)
            continue;
        const char *name = rows->classes->strings[c];
        size_t added = strlen(name) + (length > 0);
        *text = memory_grow(*text, capacity, length + added + 1, 1);
        strcpy(*text + length, length ? ";" : "");
        strcat(*text + length, name);
        length += added;
    }
    return *text;
}

static void write_csv(FILE *file, const struct rows *rows)
{
    size_t classes = rows->classes->count, capacity = 0;
    char *text = NULL;
    csv_write_field(file, rows->heading);
    fputs(",predicted", file);
    for (size_t c = 0; c < classes; c++) {
        fputc(',', file);
        csv_write_field(file, rows->classes->strings[c]);
    }
    fputc('\n', file);
    for (size_t i = 0; i < rows->items->count; i++) {
        csv_write_field(file, rows->items->strings[i]);
        fputc(',', file);
        csv_write_field(file, predicted_text(rows, i, &text, &capacity));
        for (size_t c = 0; c < classes; c++) {
            fputc(',', file);
            csv_write_float(file, (float)rows->probabilities[i * classes + c]);
        }
        fputc('\n', file);
    }
    free(text);
}

/* Probabilities are an object of their own: a class may be called as the other keys are. */
static void write_json(FILE *file, const struct rows *rows)
{
    size_t classes = rows->classes->count, capacity = 0;
    char *text = NULL;
    fputc('[', file);
    for (size_t i = 0; i < rows->items->count; i++) {
        fputs(i ? ",\n{" : "\n{", file);
        json_write_string(file, rows->heading);
        fputc(':', file);
        json_write_string(file, rows->items->strings[i]);
        fputs(",\"predicted\":", file);
        json_write_string(file, predicted_text(rows, i, &text, &capacity));
        fputs(",\"probabilities\":{", file);
        for (size_t c = 0; c < classes; c++) {
            if (c)
                fputc(',', file);
            json_write_string(file, rows->classes->strings[c]);
            fputc(':', file);
            csv_write_float(file, (float)rows->probabilities[i * classes + c]);
        }
        fputs("}}", file);
    }
    fputs("\n]\n", file);
    free(text);
}

static bool write_npy(struct output *output, const struct rows *rows, struct error *error)
{
    size_t shape[2] = {rows->items->count, rows->classes->count};
    struct array array = {.dtype = REAL_DTYPE, .dimensions = 2,
                          .shape = {shape[0], shape[1]},
                          .data = (void *)(uintptr_t)rows->probabilities};
    return npy_write(output, &array, error);
}

bool predictions_write(const char *path, enum option_format format, const char *heading,
                       const struct names *items, const struct names *classes, bool several,
                       const real *probabilities, struct error *error)
{
    const struct rows rows = {heading, items, classes, several, probabilities};
    struct output output;
    if (!output_open(&output, path, error))
        return false;
    bool good = true;
    if (format == FORMAT_NPY)
        good = write_npy(&output, &rows, error);
    else if (format == FORMAT_JSON)
        write_json(output.file, &rows);
    else
        write_csv(output.file, &rows);
    return output_finish(&output, good, error);
}
