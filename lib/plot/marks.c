#include "plot/marks.h"

#include <math.h>

enum mark mark_of_category(size_t category)
{
    return (enum mark)(category / PALETTE_SIZE % MARK_COUNT);
}

static void polygon(struct figure *figure, double x, double y, double radius, int corners,
                    double angle)
{
    for (int i = 0; i < corners; i++) {
        double turn = angle + 2 * M_PI * i / corners;
        double corner_x = x + radius * cos(turn), corner_y = y + radius * sin(turn);
        if (i == 0)
            cairo_move_to(figure->cairo, corner_x, corner_y);
        else
            cairo_line_to(figure->cairo, corner_x, corner_y);
    }
    cairo_close_path(figure->cairo);
}

void mark_path(struct figure *figure, enum mark mark, double x, double y, double radius)
{
    /* Area of a regular polygon with circumradius r: n/2 sin(2 pi/n) r^2. */
    double square = radius * sqrt(M_PI / 2), triangle = radius * sqrt(M_PI / (0.75 * sqrt(3)));
    switch (mark) {
    case MARK_SQUARE: polygon(figure, x, y, square, 4, M_PI / 4); return;
    case MARK_TRIANGLE: polygon(figure, x, y, triangle, 3, -M_PI / 2); return;
    case MARK_DIAMOND: polygon(figure, x, y, square, 4, 0); return;
    default: break;
    }
    cairo_new_sub_path(figure->cairo);
    cairo_arc(figure->cairo, x, y, radius, 0, 2 * M_PI);
    cairo_close_path(figure->cairo);
}

void mark_arrow_head(struct figure *figure, double x, double y, double dx, double dy,
                     double length)
{
    double norm = hypot(dx, dy);
    if (norm == 0)
        return;
    double along_x = length * dx / norm, along_y = length * dy / norm;
    cairo_move_to(figure->cairo, x, y);
    cairo_line_to(figure->cairo, x - along_x - 0.36 * along_y, y - along_y + 0.36 * along_x);
    cairo_line_to(figure->cairo, x - 0.78 * along_x, y - 0.78 * along_y);
    cairo_line_to(figure->cairo, x - along_x + 0.36 * along_y, y - along_y - 0.36 * along_x);
    cairo_close_path(figure->cairo);
    cairo_fill(figure->cairo);
}
