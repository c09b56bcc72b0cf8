#include "diffusion/class_labels.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* A label and the row that has it: one of the two, number or text. */
struct label {
    double number;
    const char *text; /* NULL: a number */
    size_t row;
};

static int compare(const void *a, const void *b)
{
    const struct label *left = a, *right = b;
    int order = left->text ? strcmp(left->text, right->text)
                           : (left->number > right->number) - (left->number < right->number);
    return order ? order : (left->row > right->row) - (left->row < right->row);
}

static char *name_of_class(const struct label *label)
{
    char text[CSV_NUMBER_SIZE];
    if (label->text)
        return memory_copy_string(label->text);
    size_t length = csv_format_double(text, label->number);
    return memory_copy_bytes(text, length);
}

static bool differ(const struct label *a, const struct label *b)
{
    return a->text ? strcmp(a->text, b->text) != 0 : a->number != b->number;
}

/* Sorts the labels, which numbers the classes in ascending order. Consumes them. */
static bool number_classes(struct label *labels, struct data_set *data)
{
    size_t capacity = 0;
    qsort(labels, data->rows, sizeof *labels, compare);
    data->labels = memory_alloc(data->rows, sizeof *data->labels);
    for (size_t i = 0; i < data->rows; i++) {
        if (i == 0 || differ(&labels[i - 1], &labels[i])) {
            data->class_names = memory_grow(data->class_names, &capacity, data->classes + 1,
                                            sizeof *data->class_names);
            data->class_names[data->classes++] = name_of_class(&labels[i]);
        }
        data->labels[labels[i].row] = (uint32_t)(data->classes - 1);
    }
    free(labels);
    return true;
}

bool class_labels_of_column(const struct table_column *column, struct data_set *data,
                            const char *name, struct error *error)
{
    struct label *labels = memory_alloc(data->rows, sizeof *labels);
    for (size_t i = 0; i < data->rows; i++) {
        labels[i] = (struct label){.row = i};
        if (column->kind == COLUMN_TEXT)
            labels[i].text = column->texts[i];
        else
            labels[i].number = column->numbers[i];
        if (!labels[i].text && isnan(labels[i].number)) {
            free(labels);
            return error_set(error, EX_DATAERR, "%s: the label of row %zu is NaN", name, i + 1);
        }
    }
    return number_classes(labels, data);
}

bool class_labels_of_array(const struct array *array, struct data_set *data, const char *name,
                           struct error *error)
{
    if (array_count(array) != data->rows)
        return error_set(error, EX_DATAERR, "%s: %zu labels; expected %zu, as there are rows", name,
                         array_count(array), data->rows);
    struct table_column column = {.kind = COLUMN_NUMBER,
                                  .numbers = memory_alloc(data->rows, sizeof(double))};
    array_load(array, 0, data->rows, column.numbers);
    bool good = class_labels_of_column(&column, data, name, error);
    free(column.numbers);
    return good;
}
