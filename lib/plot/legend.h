/* Legends: what the colours of categories mean, and the bar that explains a colour map. */
#ifndef TESSERAE_PLOT_LEGEND_H
#define TESSERAE_PLOT_LEGEND_H

#include "plot/axes.h"
#include "plot/figure.h"

#include <stddef.h>

enum legend_symbol { LEGEND_MARK, LEGEND_LINE };

/* Entry i has the palette's colour i, and its mark or dash. */
struct legend {
    const char *title; /* NULL: none */
    enum legend_symbol symbol;
    size_t count;
    const char *const *names;
};

/* Pixels to keep free on the right of the plot, the gap included. */
double legend_room(struct figure *figure, const struct legend *legend);

/* Draws it on the right of the plot; what has no room is counted in a last line. */
void legend_draw(struct figure *figure, const struct legend *legend, const struct rectangle *plot);

/* The dash of a series: solid at first, another one each time that the palette starts again. */
void legend_set_dash(struct figure *figure, size_t series);

struct color_bar {
    const char *title; /* NULL: none */
    enum colormap map;
    struct scale scale;
};

double color_bar_room(struct figure *figure, const struct color_bar *bar);
void color_bar_draw(struct figure *figure, const struct color_bar *bar,
                    const struct rectangle *plot);

#endif
