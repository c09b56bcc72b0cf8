#include "plot/coloring.h"

#include "graph/names.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool color_by_numbers(struct coloring *coloring, struct input *input,
                             const struct table_column *column, const struct plot_options *options,
                             struct error *error)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t row = 0; row < input->rows; row++) {
        if (isfinite(column->numbers[row])) {
            low = fmin(low, column->numbers[row]);
            high = fmax(high, column->numbers[row]);
        }
    }
    if (low > high)
        return error_set(error, EX_DATAERR, "%s: column '%s' has no finite number to colour by",
                         input->name, input_column_name(input, column));
    if (options->colormap == COLORMAP_DIVERGING) { /* its middle is zero */
        high = fmax(fabs(low), fabs(high));
        low = -high;
    }
    coloring->kind = COLORING_NUMBERS;
    coloring->values = column->numbers;
    coloring->bar = (struct color_bar){.title = input_column_name(input, column),
                                       .map = options->colormap,
                                       .scale = scale_around(low, high, false, 0)};
    return true;
}

static int compare_numbers(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Enters numbers in ascending order, so that categories come in that order. */
static void name_in_order(struct names *names, struct input *input,
                          const struct table_column *column)
{
    struct table_column sorted = {.kind = COLUMN_NUMBER};
    sorted.numbers = arena_alloc(&input->arena, input->rows, sizeof *sorted.numbers);
    size_t count = 0;
    for (size_t row = 0; row < input->rows; row++)
        if (isfinite(column->numbers[row]))
            sorted.numbers[count++] = column->numbers[row];
    qsort(sorted.numbers, count, sizeof *sorted.numbers, compare_numbers);
    for (size_t i = 0; i < count; i++) {
        const char *text = input_text(input, &sorted, i);
        names_add(names, text, strlen(text));
    }
}

static void color_by_categories(struct coloring *coloring, struct input *input,
                                const struct table_column *column)
{
    struct names names = {0};
    if (column->kind == COLUMN_NUMBER)
        name_in_order(&names, input, column);
    coloring->kind = COLORING_CATEGORIES;
    coloring->categories = arena_alloc(&input->arena, input->rows, sizeof *coloring->categories);
    for (size_t row = 0; row < input->rows; row++) {
        const char *text = input_text(input, column, row);
        bool empty = !*text || (column->kind == COLUMN_NUMBER && !isfinite(column->numbers[row]));
        coloring->categories[row] =
            empty ? COLORING_NO_CATEGORY : names_add(&names, text, strlen(text));
    }
    const char **list = arena_alloc(&input->arena, names.count, sizeof *list);
    for (size_t i = 0; i < names.count; i++)
        list[i] =
            arena_copy_bytes(&input->arena, names.strings[i], strlen(names.strings[i]));
    coloring->legend = (struct legend){.title = input_column_name(input, column),
                                       .symbol = LEGEND_MARK,
                                       .count = names.count,
                                       .names = list};
    names_free(&names);
}

bool coloring_make(struct coloring *coloring, struct input *input,
                   const struct plot_options *options, struct error *error)
{
    *coloring = (struct coloring){.kind = COLORING_PLAIN};
    const struct table_column *column = NULL;
    if (options->color)
        column = input_column(input, options->color, "color", error);
    else if (input->count > input->own_count)
        column = &input->columns[input->own_count];
    if (error->exit_code != EX_OK)
        return false;
    if (!column)
        return true;
    if (column->kind == COLUMN_NUMBER && !options->categorical)
        return color_by_numbers(coloring, input, column, options, error);
    color_by_categories(coloring, input, column);
    return true;
}

struct color coloring_color(const struct coloring *coloring, const struct figure *figure,
                            size_t row)
{
    switch (coloring->kind) {
    case COLORING_NUMBERS:
        if (!isfinite(coloring->values[row]))
            return figure->theme->muted;
        return colormap_at(coloring->bar.map,
                           scale_fraction(&coloring->bar.scale, coloring->values[row]));
    case COLORING_CATEGORIES:
        if (coloring->categories[row] == COLORING_NO_CATEGORY)
            return figure->theme->muted;
        return figure_palette(figure, coloring->categories[row]);
    case COLORING_PLAIN: break;
    }
    return figure_palette(figure, 0);
}

enum mark coloring_mark(const struct coloring *coloring, size_t row)
{
    bool has_category = coloring->kind == COLORING_CATEGORIES &&
                        coloring->categories[row] != COLORING_NO_CATEGORY;
    return has_category ? mark_of_category(coloring->categories[row]) : MARK_DISC;
}

double coloring_room(const struct coloring *coloring, struct figure *figure)
{
    switch (coloring->kind) {
    case COLORING_NUMBERS: return color_bar_room(figure, &coloring->bar);
    case COLORING_CATEGORIES: return legend_room(figure, &coloring->legend);
    case COLORING_PLAIN: break;
    }
    return 0;
}

void coloring_draw_legend(const struct coloring *coloring, struct figure *figure,
                          const struct rectangle *plot)
{
    if (coloring->kind == COLORING_NUMBERS)
        color_bar_draw(figure, &coloring->bar, plot);
    if (coloring->kind == COLORING_CATEGORIES)
        legend_draw(figure, &coloring->legend, plot);
}
