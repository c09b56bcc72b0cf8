/*
 * Images: PNG of 8 or 16 bits per sample, grey, grey + alpha, RGB or RGBA, as arrays of shape
 * (height, width) or (height, width, channels).
 */
#ifndef TESSERAE_IO_IMAGE_H
#define TESSERAE_IO_IMAGE_H

#include "base/output.h"
#include "io/array.h"
#include "io/stream.h"

/*
 * Reads an image: uint8, or uint16 where the file has 16 bits. Palettes become RGB, fewer than 8
 * bits become 8, and a transparent colour becomes an alpha channel.
 */
bool image_read(struct stream *stream, struct array *array, struct error *error);

/*
 * Writes (height, width) or (height, width, 1 to 4) of uint8 or uint16; anything else is
 * EX_DATAERR.
 */
bool image_write(struct output *output, const struct array *array, struct error *error);

/*
 * Brings any values to uint8: [low, high] becomes [0, 255], rounded, with what lies outside
 * cut off and NaN black. Where low == high, everything is black. Consumes the array.
 */
void image_scale(struct array *array, double low, double high);

/* The smallest and largest finite value; 0 and 0 when there is none. */
void image_range(const struct array *array, double *low, double *high);

#endif
