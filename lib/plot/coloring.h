/* Colouring: which colour the rows of a table have, and how a legend explains it. */
#ifndef TESSERAE_PLOT_COLORING_H
#define TESSERAE_PLOT_COLORING_H

#include "plot/figure.h"
#include "plot/input.h"
#include "plot/legend.h"
#include "plot/marks.h"
#include "plot/plot.h"

enum coloring_kind { COLORING_PLAIN, COLORING_NUMBERS, COLORING_CATEGORIES };

#define COLORING_NO_CATEGORY SIZE_MAX

struct coloring {
    enum coloring_kind kind;
    struct color_bar bar;      /* of COLORING_NUMBERS */
    const double *values;      /* (rows) of COLORING_NUMBERS */
    struct legend legend;      /* of COLORING_CATEGORIES */
    size_t *categories;        /* (rows), COLORING_NO_CATEGORY for an empty text */
};

/*
 * Colours by --color, or by the first joined column, or not at all. Categories are in order of
 * appearance; those that are numbers (--categorical) in order of size. The arrays belong to the
 * input.
 */
bool coloring_make(struct coloring *coloring, struct input *input,
                   const struct plot_options *options, struct error *error);

/* Rows without a value have the theme's muted colour. */
struct color coloring_color(const struct coloring *coloring, const struct figure *figure,
                            size_t row);
enum mark coloring_mark(const struct coloring *coloring, size_t row);

double coloring_room(const struct coloring *coloring, struct figure *figure);
void coloring_draw_legend(const struct coloring *coloring, struct figure *figure,
                          const struct rectangle *plot);

#endif
