#include "plot/labels.h"

#include "base/memory.h"
#include "plot/text.h"

#include <math.h>
#include <stdlib.h>

/* Sides of the point that are tried, best first: direction of the box's middle. */
enum { SIDES = 8 };
static const double sides[][SIDES][2] = {
    [LABELS_BESIDE] = {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {0.8, -0.8}, {0.8, 0.8}, {-0.8, -0.8},
                       {-0.8, 0.8}},
    [LABELS_ABOVE] = {{0, -1}, {0, 1}, {0.6, -1}, {-0.6, -1}, {0.6, 1}, {-0.6, 1}, {1, 0},
                      {-1, 0}},
};

static bool boxes_overlap(const struct label_box *a, const struct label_box *b)
{
    return a->left < b->left + b->width && b->left < a->left + a->width &&
           a->top < b->top + b->height && b->top < a->top + a->height;
}

/* Whether a disc reaches into a box. */
static bool disc_overlaps(const struct label_box *box, double x, double y, double radius)
{
    double nearest_x = fmin(fmax(x, box->left), box->left + box->width);
    double nearest_y = fmin(fmax(y, box->top), box->top + box->height);
    return hypot(x - nearest_x, y - nearest_y) < radius;
}

static void put_beside(struct label_box *box, double x, double y, double radius, const double *side)
{
    double gap = radius + 2;
    box->left = x + side[0] * (gap + box->width / 2) - box->width / 2;
    box->top = y + side[1] * (gap + box->height / 2) - box->height / 2;
}

static bool is_free(const struct label_box *boxes, size_t self, const double *x, const double *y,
                    size_t count, double radius, const struct rectangle *area)
{
    const struct label_box *box = &boxes[self];
    if (box->left < area->left || box->left + box->width > area->right || box->top < area->top ||
        box->top + box->height > area->bottom)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (i != self && disc_overlaps(box, x[i], y[i], radius))
            return false;
        if (i < self && boxes[i].placed && boxes_overlap(box, &boxes[i]))
            return false;
    }
    return true;
}

void labels_place(struct label_box *boxes, const double *x, const double *y, size_t count,
                  double radius, enum label_preference preference, const struct rectangle *area)
{
    for (size_t i = 0; i < count; i++) {
        boxes[i].placed = false;
        for (int side = 0; side < SIDES && !boxes[i].placed; side++) {
            put_beside(&boxes[i], x[i], y[i], radius, sides[preference][side]);
            boxes[i].placed = is_free(boxes, i, x, y, count, radius, area);
        }
    }
}

size_t labels_draw(struct figure *figure, const char *const *texts, const double *x,
                   const double *y, size_t count, double radius, enum label_preference preference,
                   const struct rectangle *area)
{
    struct label_box *boxes = memory_zeroed(count, sizeof *boxes);
    double height = text_small_size * figure->unit;
    for (size_t i = 0; i < count; i++) {
        boxes[i].width = text_width(figure, text_small_size, texts[i]) + 2 * figure->unit;
        boxes[i].height = height;
    }
    labels_place(boxes, x, y, count, radius, preference, area);
    size_t placed = 0;
    for (size_t i = 0; i < count; i++) {
        if (!boxes[i].placed || !*texts[i])
            continue;
        text_draw_on_halo(figure, boxes[i].left + boxes[i].width / 2, boxes[i].top + height / 2,
                          text_small_size, texts[i]);
        placed++;
    }
    free(boxes);
    return placed;
}
