/*
 * Patches: what a window sees as it moves over images, laid out as the rows of a matrix, so that a
 * convolution becomes a dense product.
 *
 * Images are (batch, height, width, channels): a pixel's channels lie together, so that a window's
 * line is one run of memory and a patch is copied in as many pieces as the window has lines.
 */
#ifndef TESSERAE_TENSOR_PATCHES_H
#define TESSERAE_TENSOR_PATCHES_H

#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>

struct patches {
    size_t batch, height, width, channels; /* of the images */
    size_t window;                         /* lines, and columns, of the window */
    size_t stride;                         /* pixels from one place of the window to the next */
    size_t padding;                        /* zeros around the image */
    size_t out_height, out_width;          /* places of the window */
};

/*
 * The places are (height + 2 padding - window) / stride + 1 down, likewise across; the window must
 * not be larger than the padded image.
 */
struct patches patches_of(size_t batch, size_t height, size_t width, size_t channels,
                          size_t window, size_t stride, size_t padding);

/* Values of a patch: window window channels. */
size_t patches_columns(const struct patches *patches);

/*
 * rows (count out_width, columns): the patches at the places of `count` lines from line `first` on,
 * where line b out_height + i is line i of image b.
 */
void patches_gather(const struct patches *patches, const real *images, size_t first, size_t count,
                    real *rows);

/* images += what patches_gather would have read from there: its transpose. */
void patches_scatter_add(const struct patches *patches, const real *rows, size_t first,
                         size_t count, real *images);

#endif
