#include "base/error.h"
#include "grad/activation.h"
#include "grad/ops_image.h"
#include "tensor/reduce.h"
#include "tensor/vector_math.h"

#include <string.h>

struct group_norm {
    size_t batch, pixels, channels, groups;
    enum activation activation;
    real *means, *inverses; /* (batch, groups); inverse: 1 / sqrt(var + epsilon) */
    real *slopes, *offsets; /* (batch, channels): y = activation(slope x + offset) */
};

/* A pass keeps sums of its channels on the stack. */
enum { MOST_CHANNELS = PIECE_ELEMENTS };

/* The pixels that make up one piece. */
static size_t pixels_of_piece(size_t channels)
{
    return PIECE_ELEMENTS / channels;
}

/* sums (channels) += x of so many pixels, or the squares of x - mean (channels). */
static void add_pixels(const real *restrict x, size_t pixels, size_t channels, real *restrict sums)
{
    for (size_t i = 0; i < pixels; i++, x += channels) {
#pragma omp simd
        for (size_t c = 0; c < channels; c++)
            sums[c] += x[c];
    }
}

static void add_squares(const real *restrict x, const real *restrict means, size_t pixels,
                        size_t channels, real *restrict sums)
{
    for (size_t i = 0; i < pixels; i++, x += channels) {
#pragma omp simd
        for (size_t c = 0; c < channels; c++)
            sums[c] += (x[c] - means[c]) * (x[c] - means[c]);
    }
}

/* Replaces each of the values (channels) by factor times the sum over its group. */
static void share_in_groups(real *values, size_t channels, size_t groups, real factor)
{
    size_t width = channels / groups;
    for (size_t g = 0; g < groups; g++) {
        real sum = 0;
        for (size_t k = 0; k < width; k++)
            sum += values[g * width + k];
        for (size_t k = 0; k < width; k++)
            values[g * width + k] = factor * sum;
    }
}

/* z = slope x + offset for so many pixels. */
static void scale_pixels(const real *restrict x, const real *restrict slopes,
                         const real *restrict offsets, size_t pixels, size_t channels,
                         real *restrict z)
{
    for (size_t i = 0; i < pixels; i++, x += channels, z += channels) {
#pragma omp simd
        for (size_t c = 0; c < channels; c++)
            z[c] = slopes[c] * x[c] + offsets[c];
    }
}

/* The row of a scale or shift (channels) or (batch, channels) that is an image's. */
static const real *row_of_image(const struct variable *v, size_t image, size_t channels)
{
    return v->value.data + (tensor_count(&v->value) == channels ? 0 : image * channels);
}

/* Mean and inverse deviation of an image's groups, and what they make of scale and shift. */
static void measure_image(const struct group_norm *n, size_t image, const real *x,
                          const real *scale, const real *shift, real epsilon)
{
    real means[MOST_CHANNELS] = {0}, inverses[MOST_CHANNELS] = {0};
    size_t c = n->channels, width = c / n->groups;
    real share = 1 / (real)(n->pixels * width);
    add_pixels(x, n->pixels, c, means);
    share_in_groups(means, c, n->groups, share);
    add_squares(x, means, n->pixels, c, inverses);
    share_in_groups(inverses, c, n->groups, share);
    for (size_t k = 0; k < c; k++) {
        inverses[k] = 1 / vector_square_root(inverses[k] + epsilon);
        n->slopes[image * c + k] = inverses[k] * scale[k];
        n->offsets[image * c + k] = shift[k] - means[k] * inverses[k] * scale[k];
    }
    for (size_t g = 0; g < n->groups; g++) {
        n->means[image * n->groups + g] = means[g * width];
        n->inverses[image * n->groups + g] = inverses[g * width];
    }
}

static void normalise_image(const struct group_norm *n, size_t image, const real *x, real *y)
{
    size_t c = n->channels, step = pixels_of_piece(c);
    const real *slopes = n->slopes + image * c, *offsets = n->offsets + image * c;
    for (size_t first = 0; first < n->pixels; first += step) {
        size_t count = n->pixels - first < step ? n->pixels - first : step;
        scale_pixels(x + first * c, slopes, offsets, count, c, y + first * c);
        if (n->activation != ACTIVATION_NONE)
            activation_apply(n->activation, count * c, y + first * c, y + first * c);
    }
}

/* Sums, by channel, of dz and of dz x. */
static void add_products(const real *restrict dz, const real *restrict x, size_t pixels,
                         size_t channels, real *restrict sums, real *restrict products)
{
    for (size_t i = 0; i < pixels; i++, dz += channels, x += channels) {
#pragma omp simd
        for (size_t c = 0; c < channels; c++) {
            sums[c] += dz[c];
            products[c] += dz[c] * x[c];
        }
    }
}

/*
 * Turns dy into dz, before the activation, and fills the gradients of the image's shift, sum of dz,
 * and scale, sum of dz h = inverse (sum of dz x - mean sum of dz).
 */
static void sum_image(const struct group_norm *n, size_t image, const real *x, const real *y,
                      real *dy, real *dscale, real *dshift)
{
    real z[PIECE_ELEMENTS];
    size_t c = n->channels, width = c / n->groups, step = pixels_of_piece(c);
    bool needs_input = activation_needs_input(n->activation);
    memset(dscale, 0, c * sizeof *dscale);
    memset(dshift, 0, c * sizeof *dshift);
    for (size_t first = 0; first < n->pixels; first += step) {
        size_t count = n->pixels - first < step ? n->pixels - first : step;
        real *dz = dy + first * c;
        if (needs_input)
            scale_pixels(x + first * c, n->slopes + image * c, n->offsets + image * c, count, c,
                         z);
        if (n->activation != ACTIVATION_NONE)
            activation_slope(n->activation, count * c, z, y + first * c, dz, dz);
        add_products(dz, x + first * c, count, c, dshift, dscale);
    }
    for (size_t k = 0; k < c; k++) {
        size_t group = image * n->groups + k / width;
        dscale[k] = n->inverses[group] * (dscale[k] - n->means[group] * dshift[k]);
    }
}

/*
 * With g = dz scale over the elements of a group: dx = inverse (g - mean(g) - h mean(g h)), which
 * for a channel is slope dz + a x + b. Adds to dx, or writes it; then dx may be dz.
 */
static void send_image(const struct group_norm *n, size_t image, const real *x, const real *scale,
                       const real *dscale, const real *dshift, const real *dz, bool add, real *dx)
{
    real a[MOST_CHANNELS], b[MOST_CHANNELS];
    size_t c = n->channels, width = c / n->groups;
    const real *slopes = n->slopes + image * c;
    real share = 1 / (real)(n->pixels * width);
    for (size_t k = 0; k < c; k++) {
        a[k] = scale[k] * dscale[k];
        b[k] = scale[k] * dshift[k];
    }
    share_in_groups(a, c, n->groups, share);
    share_in_groups(b, c, n->groups, share);
    for (size_t k = 0; k < c; k++) {
        real mean = n->means[image * n->groups + k / width];
        real inverse = n->inverses[image * n->groups + k / width];
        a[k] = -inverse * inverse * a[k];
        b[k] = -inverse * b[k] - mean * a[k];
    }
    for (size_t i = 0; i < n->pixels; i++, x += c, dz += c, dx += c) {
#pragma omp simd
        for (size_t k = 0; k < c; k++)
            dx[k] = (add ? dx[k] : 0) + slopes[k] * dz[k] + a[k] * x[k] + b[k];
    }
}

/* The gradient of a scale or shift from those of the images (batch, channels). */
static void send_to_channels(struct variable *v, const struct group_norm *n, const real *rows)
{
    if (tensor_count(&v->value) != n->channels || n->batch == 1) {
        variable_send(v, piece_of_array, rows);
        return;
    }
    real beta;
    real *gradient = variable_gradient_or_new(v, &beta);
    reduce_columns(n->batch, n->channels, piece_of_array, rows, beta != 0, gradient,
                   &v->tape->arena);
}

static void group_norm_backward(struct variable *self)
{
    const struct group_norm *n = self->context;
    struct variable *x = self->inputs[0], *scale = self->inputs[1], *shift = self->inputs[2];
    size_t c = n->channels, size = n->pixels * c;
    real *dscale = arena_alloc(&self->tape->arena, n->batch * c, sizeof *dscale);
    real *dshift = arena_alloc(&self->tape->arena, n->batch * c, sizeof *dshift);
    bool add = x->gradient != NULL;
    if (x->needs_gradient && !add)
        x->gradient = self->gradient;
#pragma omp parallel for schedule(static) if (n->batch * size > PARALLEL_ELEMENTS)
    for (size_t image = 0; image < n->batch; image++) {
        const real *values = x->value.data + image * size;
        real *dy = self->gradient + image * size;
        real *image_scale = dscale + image * c, *image_shift = dshift + image * c;
        sum_image(n, image, values, self->value.data + image * size, dy, image_scale, image_shift);
        if (x->needs_gradient)
            send_image(n, image, values, row_of_image(scale, image, c), image_scale, image_shift,
                       dy, add, x->gradient + image * size);
    }
    if (scale->needs_gradient)
        send_to_channels(scale, n, dscale);
    if (shift->needs_gradient)
        send_to_channels(shift, n, dshift);
}

static bool fits(const struct variable *v, size_t batch, size_t channels)
{
    size_t count = tensor_count(&v->value);
    return tensor_columns(&v->value) == channels &&
           (count == channels || count == batch * channels);
}

struct variable *tape_group_norm(struct tape *tape, struct variable *x, size_t groups,
                                 struct variable *scale, struct variable *shift, real epsilon,
                                 enum activation activation)
{
    struct group_norm n = {.batch = x->value.shape[0], .channels = tensor_columns(&x->value),
                           .groups = groups, .activation = activation};
    if (x->value.dimensions < 2 || groups == 0 || n.channels % groups != 0 ||
        n.channels > MOST_CHANNELS || !fits(scale, n.batch, n.channels) ||
        !fits(shift, n.batch, n.channels))
        error_die(EX_SOFTWARE, "tape_group_norm: shapes do not fit");
    n.pixels = tensor_count(&x->value) / (n.batch * n.channels);
    struct variable *y = tape_record(tape, x->value.dimensions, x->value.shape,
                                     (struct variable *[]){x, scale, shift}, 3,
                                     group_norm_backward);
    n.means = arena_alloc(&tape->arena, n.batch * groups, sizeof(real));
    n.inverses = arena_alloc(&tape->arena, n.batch * groups, sizeof(real));
    n.slopes = arena_alloc(&tape->arena, n.batch * n.channels, sizeof(real));
    n.offsets = arena_alloc(&tape->arena, n.batch * n.channels, sizeof(real));
    size_t size = n.pixels * n.channels;
#pragma omp parallel for schedule(static) if (n.batch * size > PARALLEL_ELEMENTS)
    for (size_t image = 0; image < n.batch; image++) {
        const real *values = x->value.data + image * size;
        measure_image(&n, image, values, row_of_image(scale, image, n.channels),
                      row_of_image(shift, image, n.channels), epsilon);
        normalise_image(&n, image, values, y->value.data + image * size);
    }
    y->context = tape_keep(tape, &n, sizeof n);
    return y;
}
