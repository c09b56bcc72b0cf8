#include "base/error.h"
#include "grad/ops_image.h"

#include <string.h>

struct upsample {
    size_t batch, height, width, channels; /* of the input */
    size_t out_height, out_width;
};

/* small[c] += large[c] */
static void add_pixel(real *restrict small, const real *restrict large, size_t channels)
{
#pragma omp simd
    for (size_t c = 0; c < channels; c++)
        small[c] += large[c];
}

/* dx of one line: the sum of the pixels that were made of each. */
static void gather_line(const struct upsample *u, const real *dy, size_t line, real *dx)
{
    size_t image = line / u->height, i = line % u->height, c = u->channels;
    for (size_t k = 2 * i; k < 2 * i + 2 && k < u->out_height; k++) {
        const real *source = dy + (image * u->out_height + k) * u->out_width * c;
        for (size_t j = 0; j < u->out_width; j++)
            add_pixel(dx + (line * u->width + j / 2) * c, source + j * c, c);
    }
}

static void upsample_backward(struct variable *self)
{
    const struct upsample *u = self->context;
    real *dx = variable_gradient(self->inputs[0]);
    size_t lines = u->batch * u->height;
#pragma omp parallel for schedule(static) if (tensor_count(&self->value) > PARALLEL_ELEMENTS)
    for (size_t line = 0; line < lines; line++)
        gather_line(u, self->gradient, line, dx);
}

struct variable *tape_upsample(struct tape *tape, struct variable *x, size_t height, size_t width)
{
    const size_t *shape = x->value.shape;
    struct upsample u = {shape[0], shape[1], shape[2], shape[3], height, width};
    if (x->value.dimensions != 4 || (height + 1) / 2 != u.height || (width + 1) / 2 != u.width)
        error_die(EX_SOFTWARE, "tape_upsample: shapes do not fit");
    struct variable *y = tape_record(tape, 4, (const size_t[]){u.batch, height, width, u.channels},
                                     &x, 1, upsample_backward);
    y->context = tape_keep(tape, &u, sizeof u);
    size_t lines = u.batch * height;
#pragma omp parallel for schedule(static) if (tensor_count(&y->value) > PARALLEL_ELEMENTS)
    for (size_t line = 0; line < lines; line++) {
        size_t from = line / height * u.height + line % height / 2;
        const real *source = x->value.data + from * u.width * u.channels;
        real *target = y->value.data + line * width * u.channels;
        for (size_t j = 0; j < width; j++)
            memcpy(target + j * u.channels, source + j / 2 * u.channels,
                   u.channels * sizeof *target);
    }
    return y;
}
