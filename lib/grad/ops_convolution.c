#include "base/error.h"
#include "base/threads.h"
#include "grad/ops_image.h"
#include "tensor/blas.h"
#include "tensor/patches.h"
#include "tensor/reduce.h"

#include <omp.h>
#include <string.h>

/*
 * Patches of a block of lines fill about half of the second-level cache; more of them would make
 * the product no faster, fewer have CBLAS rearrange the weight too often.
 */
enum { BLOCK_ELEMENTS = 1 << 17 };

/* How the lines of the output are cut into blocks, and how many threads work on them. */
struct cut {
    size_t lines;   /* of the output, all images together */
    size_t block;   /* lines of a block; where images must not be cut, whole images */
    size_t blocks;
    size_t threads;
};

static struct cut cut_lines(const struct patches *p, size_t out_channels, bool whole_images)
{
    size_t line = p->out_width * patches_columns(p);
    struct cut cut = {.lines = p->batch * p->out_height};
    cut.block = BLOCK_ELEMENTS / line ? BLOCK_ELEMENTS / line : 1;
    if (whole_images) {
        size_t images = cut.block / p->out_height;
        cut.block = (images ? images : 1) * p->out_height;
    }
    cut.threads = threads_for(cut.lines * line * out_channels, PARALLEL_ELEMENTS * 16);
    size_t share = (cut.lines + cut.threads - 1) / cut.threads;
    if (cut.block > share && !whole_images)
        cut.block = share;
    cut.blocks = (cut.lines + cut.block - 1) / cut.block;
    cut.threads = cut.threads < cut.blocks ? cut.threads : cut.blocks;
    return cut;
}

static size_t lines_of_block(const struct cut *cut, size_t block)
{
    size_t left = cut->lines - block * cut->block;
    return left < cut->block ? left : cut->block;
}

/* Whether a patch is one pixel, so that the images are the matrix of patches. */
static bool is_pointwise(const struct patches *p)
{
    return p->window == 1 && p->stride == 1 && p->padding == 0;
}

/* The patches of a block: in the images where they lie so, or gathered into the room. */
static const real *block_patches(const struct patches *p, const real *images, size_t first,
                                 size_t count, real *room)
{
    if (is_pointwise(p))
        return images + first * p->width * p->channels;
    patches_gather(p, images, first, count, room);
    return room;
}

/* Room for the patches of a block, for each thread. */
static real *make_room(struct tape *tape, const struct patches *p, const struct cut *cut)
{
    return tape_scratch(tape, cut->threads * cut->block * p->out_width * patches_columns(p));
}

static void add_bias(const real *bias, size_t pixels, size_t channels, real *y)
{
    for (size_t i = 0; i < pixels; i++) {
#pragma omp simd
        for (size_t o = 0; o < channels; o++)
            y[i * channels + o] += bias[o];
    }
}

/* Runs in the threads of the caller's choice: y = patches weight^T + bias, block by block. */
static void convolve(struct tape *tape, const struct patches *p, const real *x, const real *weight,
                     const real *bias, size_t out, real *y)
{
    struct cut cut = cut_lines(p, out, false);
    size_t columns = patches_columns(p), room_size = cut.block * p->out_width * columns;
    real *rooms = make_room(tape, p, &cut);
#pragma omp parallel for schedule(static) num_threads((int)cut.threads) if (cut.threads > 1)
    for (size_t block = 0; block < cut.blocks; block++) {
        size_t first = block * cut.block, lines = lines_of_block(&cut, block);
        size_t pixels = lines * p->out_width;
        const real *rows = block_patches(p, x, first, lines,
                                         rooms + (size_t)omp_get_thread_num() * room_size);
        real *target = y + first * p->out_width * out;
        blas_matmul(false, true, pixels, out, columns, 1, rows, weight, 0, target);
        if (bias)
            add_bias(bias, pixels, out, target);
    }
}

/*
 * dweight (O, K K C) = (or +=) dy^T patches: every thread sums over its blocks, and the sums are
 * added in order.
 */
static void send_to_weight(struct variable *self, const struct patches *p)
{
    struct variable *x = self->inputs[0], *weight = self->inputs[1];
    struct cut cut = cut_lines(p, tensor_columns(&self->value), false);
    size_t columns = patches_columns(p), out = tensor_columns(&self->value);
    size_t room_size = cut.block * p->out_width * columns, weight_size = out * columns;
    real beta;
    real *dweight = variable_gradient_or_new(weight, &beta);
    real *rooms = tape_scratch(self->tape, cut.threads * (room_size + weight_size));
    real *sums = rooms + cut.threads * room_size;
#pragma omp parallel for schedule(static, 1) num_threads((int)cut.threads) if (cut.threads > 1)
    for (size_t thread = 0; thread < cut.threads; thread++) {
        real *sum = thread == 0 ? dweight : sums + thread * weight_size;
        real kept = thread == 0 ? beta : 0;
        size_t end = cut.blocks * (thread + 1) / cut.threads;
        if (thread > 0)
            memset(sum, 0, weight_size * sizeof *sum);
        for (size_t block = cut.blocks * thread / cut.threads; block < end; block++) {
            size_t first = block * cut.block, lines = lines_of_block(&cut, block);
            const real *rows = block_patches(p, x->value.data, first, lines,
                                             rooms + thread * room_size);
            blas_matmul(true, false, out, columns, lines * p->out_width, 1,
                        self->gradient + first * p->out_width * out, rows, kept, sum);
            kept = 1;
        }
    }
    for (size_t thread = 1; thread < cut.threads; thread++) {
        const real *restrict sum = sums + thread * weight_size;
#pragma omp simd
        for (size_t i = 0; i < weight_size; i++)
            dweight[i] += sum[i];
    }
}

/* dx = (or +=) what the windows scatter of dy weight; a thread has whole images. */
static void send_to_images(struct variable *self, const struct patches *p)
{
    struct variable *x = self->inputs[0];
    const real *weight = self->inputs[1]->value.data;
    size_t columns = patches_columns(p), out = tensor_columns(&self->value);
    struct cut cut = cut_lines(p, out, true);
    size_t room_size = cut.block * p->out_width * columns;
    real beta;
    real *dx = variable_gradient_or_new(x, &beta);
    real *rooms = make_room(self->tape, p, &cut);
#pragma omp parallel for schedule(static) num_threads((int)cut.threads) if (cut.threads > 1)
    for (size_t block = 0; block < cut.blocks; block++) {
        size_t first = block * cut.block, lines = lines_of_block(&cut, block);
        size_t image = p->height * p->width * p->channels;
        const real *dy = self->gradient + first * p->out_width * out;
        real *target = dx + first / p->out_height * image;
        real *rows = rooms + (size_t)omp_get_thread_num() * room_size;
        if (is_pointwise(p)) {
            blas_matmul(false, false, lines * p->out_width, columns, out, 1, dy, weight, beta,
                        target);
            continue;
        }
        if (beta == 0)
            memset(target, 0, lines / p->out_height * image * sizeof *target);
        blas_matmul(false, false, lines * p->out_width, columns, out, 1, dy, weight, 0, rows);
        patches_scatter_add(p, rows, first, lines, dx);
    }
}

static void convolution_backward(struct variable *self)
{
    const struct patches *p = self->context;
    struct variable *x = self->inputs[0], *weight = self->inputs[1], *bias = self->inputs[2];
    if (bias && bias->needs_gradient) {
        real beta;
        real *dbias = variable_gradient_or_new(bias, &beta);
        reduce_columns(tensor_rows(&self->value), tensor_columns(&self->value), piece_of_array,
                       self->gradient, beta != 0, dbias, &self->tape->arena);
    }
    if (weight->needs_gradient)
        send_to_weight(self, p);
    if (x->needs_gradient)
        send_to_images(self, p);
}

struct variable *tape_convolution(struct tape *tape, struct variable *x, struct variable *weight,
                                  struct variable *bias, size_t stride, size_t padding)
{
    const size_t *images = x->value.shape, *windows = weight->value.shape;
    if (x->value.dimensions != 4 || weight->value.dimensions != 4 || windows[1] != windows[2] ||
        windows[3] != images[3] || (bias && tensor_count(&bias->value) != windows[0]))
        error_die(EX_SOFTWARE, "tape_convolution: shapes do not fit");
    struct patches p = patches_of(images[0], images[1], images[2], images[3], windows[1], stride,
                                  padding);
    struct variable *y = tape_record(
        tape, 4, (const size_t[]){p.batch, p.out_height, p.out_width, windows[0]},
        (struct variable *[]){x, weight, bias}, 3, convolution_backward);
    y->context = tape_keep(tape, &p, sizeof p);
    convolve(tape, &p, x->value.data, weight->value.data, bias ? bias->value.data : NULL,
             windows[0], y->value.data);
    return y;
}
