#include "tensor/patches.h"

#include "base/error.h"

#include <string.h>

struct patches patches_of(size_t batch, size_t height, size_t width, size_t channels,
                          size_t window, size_t stride, size_t padding)
{
    struct patches p = {.batch = batch, .height = height, .width = width, .channels = channels,
                        .window = window, .stride = stride, .padding = padding};
    if (window > height + 2 * padding || window > width + 2 * padding || stride == 0)
        error_die(EX_SOFTWARE, "patches_of: a window of %zu does not fit an image of %zu x %zu",
                  window, height, width);
    p.out_height = (height + 2 * padding - window) / stride + 1;
    p.out_width = (width + 2 * padding - window) / stride + 1;
    return p;
}

size_t patches_columns(const struct patches *patches)
{
    return patches->window * patches->window * patches->channels;
}

/* One line of one window: columns before, within and behind the image. */
struct run {
    size_t before, within; /* the rest of the window's columns is behind */
    size_t start;          /* the image's column of the first within */
};

static struct run run_at(const struct patches *p, size_t j)
{
    size_t left = j * p->stride; /* of the window, in the padded image */
    struct run run = {.before = left < p->padding ? p->padding - left : 0};
    run.before = run.before < p->window ? run.before : p->window;
    run.start = left + run.before - p->padding;
    size_t room = p->width > run.start ? p->width - run.start : 0;
    run.within = p->window - run.before < room ? p->window - run.before : room;
    return run;
}

/* The image's line that line `u` of the windows at output line i sees, or NULL in the padding. */
static const real *line_at(const struct patches *p, const real *images, size_t line, size_t u)
{
    size_t image = line / p->out_height, row = line % p->out_height * p->stride + u;
    if (row < p->padding || row - p->padding >= p->height)
        return NULL;
    return images + (image * p->height + row - p->padding) * p->width * p->channels;
}

/* memcpy and memset as loops, since the runs are short. */
static inline void copy(real *restrict to, const real *restrict from, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        to[i] = from[i];
}

static inline void clear(real *to, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        to[i] = 0;
}

static inline void add(real *restrict to, const real *restrict from, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        to[i] += from[i];
}

void patches_gather(const struct patches *p, const real *images, size_t first, size_t count,
                    real *rows)
{
    size_t c = p->channels, line_length = p->window * c, columns = patches_columns(p);
    for (size_t line = first; line < first + count; line++) {
        for (size_t u = 0; u < p->window; u++) {
            const real *source = line_at(p, images, line, u);
            real *target = rows + (line - first) * p->out_width * columns + u * line_length;
            for (size_t j = 0; j < p->out_width; j++, target += columns) {
                struct run run = run_at(p, j);
                if (!source) {
                    clear(target, line_length);
                    continue;
                }
                size_t done = (run.before + run.within) * c;
                clear(target, run.before * c);
                copy(target + run.before * c, source + run.start * c, run.within * c);
                clear(target + done, line_length - done);
            }
        }
    }
}

void patches_scatter_add(const struct patches *p, const real *rows, size_t first, size_t count,
                         real *images)
{
    size_t c = p->channels, line_length = p->window * c, columns = patches_columns(p);
    for (size_t line = first; line < first + count; line++) {
        for (size_t u = 0; u < p->window; u++) {
            real *target = (real *)(uintptr_t)line_at(p, images, line, u);
            const real *source = rows + (line - first) * p->out_width * columns + u * line_length;
            for (size_t j = 0; target && j < p->out_width; j++, source += columns) {
                struct run run = run_at(p, j);
                add(target + run.start * c, source + run.before * c, run.within * c);
            }
        }
    }
}
