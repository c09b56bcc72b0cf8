#include "tensor/convolution.h"

#include "base/threads.h"
#include "tensor/blas.h"
#include "tensor/pieces.h"
#include "tensor/register_tile.h"

#include <omp.h>
#include <string.h>

enum {
    PANEL = TILE_COLUMNS,    /* channels of a tile */
    SLAB_ELEMENTS = 1 << 16, /* of padded images, so that they stay in the second-level cache */
    GRADIENT_PIXELS = 256    /* whose dy stays in the first while a tile of the weight is summed */
};

bool convolution_settle(struct convolution *c)
{
    if (c->window == 0 || c->stride == 0 || c->window > c->height + 2 * c->padding ||
        c->window > c->width + 2 * c->padding)
        return false;
    c->out_height = (c->height + 2 * c->padding - c->window) / c->stride + 1;
    c->out_width = (c->width + 2 * c->padding - c->window) / c->stride + 1;
    return true;
}

/* --- blocks: some images, or some lines of one, with their padding --- */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t at_least_one(size_t a)
{
    return a ? a : 1;
}

struct cut {
    size_t images; /* of a block */
    size_t lines;  /* of the output, of each image of a block: all, unless images is 1 */
    size_t parts;  /* of an image that is cut, else 1 */
    size_t blocks, threads;
};

struct block {
    size_t image, images;
    size_t first, lines;   /* lines of the output */
    size_t padded_lines;   /* that they see of each image */
    size_t padded_width;
    size_t pixels;         /* of the output */
};

static size_t padded_lines(const struct convolution *c, size_t lines)
{
    return (lines - 1) * c->stride + c->window;
}

/* Cuts so that a block's padded lines fit the cache and every thread has some. */
static struct cut cut_images(const struct convolution *c, size_t most_pixels)
{
    size_t line = (c->width + 2 * c->padding) * c->channels;
    size_t work = c->batch * c->out_height * c->out_width * c->window * c->window * c->channels;
    struct cut cut = {.lines = c->out_height, .parts = 1};
    cut.threads = threads_for(work * c->out_channels, PARALLEL_ELEMENTS * 16);
    size_t image = padded_lines(c, c->out_height) * line;
    size_t share = (c->batch + cut.threads - 1) / cut.threads;
    cut.images = smaller(share, at_least_one(smaller(SLAB_ELEMENTS / at_least_one(image),
                                                     most_pixels / (c->out_height *
                                                                    c->out_width))));
    cut.images = at_least_one(cut.images);
    size_t lines = smaller(SLAB_ELEMENTS / (line * c->stride), most_pixels / c->out_width);
    if (cut.images == 1 && c->batch < cut.threads)
        lines = smaller(lines, (c->out_height * c->batch + cut.threads - 1) / cut.threads);
    if (cut.images == 1 && lines < c->out_height) {
        cut.parts = (c->out_height + at_least_one(lines) - 1) / at_least_one(lines);
        cut.lines = (c->out_height + cut.parts - 1) / cut.parts;
        cut.parts = (c->out_height + cut.lines - 1) / cut.lines;
    }
    cut.blocks = (c->batch + cut.images - 1) / cut.images * cut.parts;
    cut.threads = smaller(cut.threads, cut.blocks);
    return cut;
}

static struct block block_at(const struct convolution *c, const struct cut *cut, size_t number)
{
    struct block block = {.image = number / cut->parts * cut->images,
                          .first = number % cut->parts * cut->lines};
    block.images = smaller(cut->images, c->batch - block.image);
    block.lines = smaller(cut->lines, c->out_height - block.first);
    block.padded_lines = padded_lines(c, block.lines);
    block.padded_width = c->width + 2 * c->padding;
    block.pixels = block.images * block.lines * c->out_width;
    return block;
}

/* The elements of the padded lines of a block of the cut, and what a tile may read behind them. */
static size_t slab_size(const struct convolution *c, const struct cut *cut)
{
    return cut->images * padded_lines(c, cut->lines) * (c->width + 2 * c->padding) * c->channels +
           TILE;
}

/* Copies what the block sees of the images, with zeros around. */
static void fill_slab(const struct convolution *c, const struct block *block, const real *x,
                      real *slab)
{
    size_t side = c->padding * c->channels, line = c->width * c->channels;
    for (size_t i = 0; i < block->images * block->padded_lines; i++) {
        size_t image = block->image + i / block->padded_lines;
        size_t row = block->first * c->stride + i % block->padded_lines; /* of the padded image */
        real *target = slab + i * block->padded_width * c->channels;
        if (row < c->padding || row - c->padding >= c->height) {
            memset(target, 0, (line + 2 * side) * sizeof *target);
            continue;
        }
        memset(target, 0, side * sizeof *target);
        memcpy(target + side, x + (image * c->height + row - c->padding) * line,
               line * sizeof *target);
        memset(target + side + line, 0, side * sizeof *target);
    }
    memset(slab + block->images * block->padded_lines * block->padded_width * c->channels, 0,
           TILE * sizeof *slab);
}

/* The element of the slab where the window of the block's pixel begins. */
static size_t window_at(const struct convolution *c, const struct block *block, size_t pixel)
{
    size_t line = pixel / c->out_width, column = pixel % c->out_width;
    size_t row = line / block->lines * block->padded_lines + line % block->lines * c->stride;
    return (row * block->padded_width + column * c->stride) * c->channels;
}

/* Where the block's pixels begin in an array of `channels` for each of the output's. */
static size_t output_at(const struct convolution *c, const struct block *block, size_t channels)
{
    return (block->image * c->out_height + block->first) * c->out_width * channels;
}

/* --- forward --- */

static size_t panels_of(size_t channels)
{
    return (channels + PANEL - 1) / PANEL;
}

/* panels (panels, K K C, PANEL): the weight (O, K K C), zeros where there is no channel. */
static void pack_weight(const real *weight, size_t channels, size_t columns, real *panels)
{
    for (size_t p = 0; p < panels_of(channels); p++)
        for (size_t k = 0; k < columns; k++)
            for (size_t o = 0; o < PANEL; o++) {
                size_t channel = p * PANEL + o;
                panels[(p * columns + k) * PANEL + o] =
                    channel < channels ? weight[channel * columns + k] : 0;
            }
}

/* Writes `pixels` rows of a tile to channels first .. of y, or adds them, with the bias. */
static void finish_tile(const real tile[TILE][PANEL], size_t pixels, const real *bias, bool add,
                        size_t channels, size_t first, real *y)
{
    size_t count = smaller(PANEL, channels - first);
    real shift[PANEL] = {0};
    if (bias)
        memcpy(shift, bias + first, count * sizeof *shift);
    for (size_t r = 0; r < pixels; r++) {
        real *restrict target = y + r * channels + first;
        if (add) {
#pragma omp simd
            for (size_t o = 0; o < count; o++)
                target[o] += tile[r][o] + shift[o];
        } else {
#pragma omp simd
            for (size_t o = 0; o < count; o++)
                target[o] = tile[r][o] + shift[o];
        }
    }
}

/* The pixels of a block, in tiles; those that the last tile lacks are its last pixel again. */
static void forward_block(const struct convolution *c, const struct block *block,
                          const real *slab, const real *panels, const real *bias, bool add,
                          real *y)
{
    size_t run = c->window * c->channels, columns = c->window * run, o = c->out_channels;
    size_t jump = block->padded_width * c->channels;
    for (size_t p = 0; p < panels_of(o); p++) {
        bool narrow = o - p * PANEL <= LANES;
        for (size_t pixel = 0; pixel < block->pixels; pixel += TILE) {
            size_t count = smaller(TILE, block->pixels - pixel);
            const real *windows[TILE];
            real tile[TILE][PANEL];
            for (size_t r = 0; r < TILE; r++)
                windows[r] = slab + window_at(c, block, pixel + (r < count ? r : count - 1));
            if (narrow)
                tile_of_rows(windows, jump, c->window, run, panels + p * columns * PANEL, 1, tile);
            else
                tile_of_rows(windows, jump, c->window, run, panels + p * columns * PANEL, 2, tile);
            finish_tile((const real (*)[PANEL])tile, count, bias, add, o, p * PANEL,
                        y + pixel * o);
        }
    }
}

static size_t panels_size(const struct convolution *c)
{
    return panels_of(c->out_channels) * PANEL * c->window * c->window * c->channels;
}

void convolution_forward(const struct convolution *c, const real *x, const real *weight,
                         const real *bias, bool add, real *y, real *room)
{
    struct cut cut = cut_images(c, SIZE_MAX);
    size_t slab = slab_size(c, &cut);
    real *panels = room, *slabs = room + panels_size(c);
    pack_weight(weight, c->out_channels, c->window * c->window * c->channels, panels);
#pragma omp parallel for schedule(static) num_threads((int)cut.threads) if (cut.threads > 1)
    for (size_t number = 0; number < cut.blocks; number++) {
        const struct block block = block_at(c, &cut, number);
        real *own = slabs + (size_t)omp_get_thread_num() * slab;
        fill_slab(c, &block, x, own);
        forward_block(c, &block, own, panels, bias, add,
                      y + output_at(c, &block, c->out_channels));
    }
}

/* --- gradient of the weight --- */

/* dy (pixels, O) as panels (panels, pixels, PANEL), zeros where there is no channel. */
static void pack_gradient(const real *dy, size_t pixels, size_t channels, real *panels)
{
    for (size_t p = 0; p < panels_of(channels); p++) {
        size_t count = smaller(PANEL, channels - p * PANEL);
        for (size_t i = 0; i < pixels; i++) {
            real *target = panels + (p * pixels + i) * PANEL;
            memcpy(target, dy + i * channels + p * PANEL, count * sizeof *target);
            memset(target + count, 0, (PANEL - count) * sizeof *target);
        }
    }
}

/* sums (K K C, panels PANEL) += what a block gives: tiles of the window's values by channels. */
static void sum_block(const struct convolution *c, const struct block *block, const real *slab,
                      const real *panels, real *sums)
{
    size_t run = c->window * c->channels, width = panels_of(c->out_channels) * PANEL;
    size_t jump = block->padded_width * c->channels, lines = block->images * block->lines;
    for (size_t p = 0; p < panels_of(c->out_channels); p++) {
        bool narrow = c->out_channels - p * PANEL <= LANES;
        for (size_t k = 0; k < c->window * run; k += smaller(TILE, run - k % run)) {
            size_t count = smaller(TILE, run - k % run);
            const real *dy = panels + p * block->pixels * PANEL;
            real tile[TILE][PANEL] = {{0}};
            for (size_t line = 0; line < lines; line++) {
                const real *first = slab + window_at(c, block, line * c->out_width) +
                                    k / run * jump + k % run;
                const real *row = dy + line * c->out_width * PANEL;
                if (narrow)
                    tile_add_columns(first, c->stride * c->channels, c->out_width, row, 1, tile);
                else
                    tile_add_columns(first, c->stride * c->channels, c->out_width, row, 2, tile);
            }
            for (size_t r = 0; r < count; r++) {
                real *restrict target = sums + (k + r) * width + p * PANEL;
#pragma omp simd
                for (size_t o = 0; o < PANEL; o++)
                    target[o] += tile[r][o];
            }
        }
    }
}

/* What a thread needs for gradients: sums, dy in panels, a slab. */
static size_t gradient_room(const struct convolution *c, const struct cut *cut)
{
    size_t pixels = cut->images * cut->lines * c->out_width;
    return panels_size(c) + panels_of(c->out_channels) * PANEL * pixels + slab_size(c, cut);
}

void convolution_weight_gradient(const struct convolution *c, const real *x, const real *dy,
                                 bool add, real *dweight, real *room)
{
    struct cut cut = cut_images(c, GRADIENT_PIXELS);
    size_t own_size = gradient_room(c, &cut), sums_size = panels_size(c);
    size_t columns = c->window * c->window * c->channels, o = c->out_channels;
#pragma omp parallel for schedule(static, 1) num_threads((int)cut.threads) if (cut.threads > 1)
    for (size_t thread = 0; thread < cut.threads; thread++) {
        real *sums = room + thread * own_size, *panels = sums + sums_size;
        size_t end = cut.blocks * (thread + 1) / cut.threads;
        memset(sums, 0, sums_size * sizeof *sums);
        for (size_t n = cut.blocks * thread / cut.threads; n < end; n++) {
            const struct block block = block_at(c, &cut, n);
            real *slab = panels + panels_of(o) * PANEL * block.pixels;
            fill_slab(c, &block, x, slab);
            pack_gradient(dy + output_at(c, &block, o), block.pixels, o, panels);
            sum_block(c, &block, slab, panels, sums);
        }
    }
    for (size_t k = 0; k < columns; k++) {
        for (size_t i = 0; i < o; i++) {
            real sum = add ? dweight[i * columns + k] : 0;
            for (size_t thread = 0; thread < cut.threads; thread++)
                sum += room[thread * own_size + k * panels_of(o) * PANEL + i];
            dweight[i * columns + k] = sum;
        }
    }
}

/* --- gradient of the input --- */

/* The convolution of dy that gives dx where the stride is 1, by the weight turned about. */
static struct convolution turned(const struct convolution *c)
{
    struct convolution t = {.batch = c->batch, .height = c->out_height, .width = c->out_width,
                            .channels = c->out_channels, .window = c->window, .stride = 1,
                            .padding = c->window - 1 - c->padding, .out_channels = c->channels};
    convolution_settle(&t);
    return t;
}

static bool can_turn(const struct convolution *c)
{
    return c->stride == 1 && c->padding < c->window;
}

/* turned (C, K, K, O): turned[c, u, v, o] = weight[o, K - 1 - u, K - 1 - v, c] */
static void turn_weight(const struct convolution *c, const real *weight, real *turned_weight)
{
    size_t places = c->window * c->window;
    for (size_t o = 0; o < c->out_channels; o++)
        for (size_t place = 0; place < places; place++)
            for (size_t k = 0; k < c->channels; k++)
                turned_weight[(k * places + places - 1 - place) * c->out_channels + o] =
                    weight[(o * places + place) * c->channels + k];
}

/* image (H, W, C) += what the windows of a whole image saw: rows (pixels, K K C). */
static void scatter_image(const struct convolution *c, const real *rows, real *image)
{
    for (size_t pixel = 0; pixel < c->out_height * c->out_width; pixel++) {
        size_t top = pixel / c->out_width * c->stride, left = pixel % c->out_width * c->stride;
        for (size_t place = 0; place < c->window * c->window; place++, rows += c->channels) {
            size_t i = top + place / c->window, j = left + place % c->window;
            if (i < c->padding || i - c->padding >= c->height || j < c->padding ||
                j - c->padding >= c->width)
                continue;
            real *restrict target =
                image + ((i - c->padding) * c->width + j - c->padding) * c->channels;
#pragma omp simd
            for (size_t k = 0; k < c->channels; k++)
                target[k] += rows[k];
        }
    }
}

/* dx = (or +=) what the windows scatter of dy weight, image by image. */
static void scatter_gradient(const struct convolution *c, const real *dy, const real *weight,
                             bool add, real *dx, real *room)
{
    size_t pixels = c->out_height * c->out_width, columns = c->window * c->window * c->channels;
    size_t image_size = c->height * c->width * c->channels;
    size_t threads = smaller(c->batch, threads_for(c->batch * pixels * columns * c->out_channels,
                                                   PARALLEL_ELEMENTS * 16));
#pragma omp parallel for schedule(static) num_threads((int)threads) if (threads > 1)
    for (size_t image = 0; image < c->batch; image++) {
        real *rows = room + (threads > 1 ? (size_t)omp_get_thread_num() : 0) * pixels * columns;
        if (!add)
            memset(dx + image * image_size, 0, image_size * sizeof *dx);
        blas_matmul(false, false, pixels, columns, c->out_channels, 1,
                    dy + image * pixels * c->out_channels, weight, 0, rows);
        scatter_image(c, rows, dx + image * image_size);
    }
}

void convolution_input_gradient(const struct convolution *c, const real *dy, const real *weight,
                                bool add, real *dx, real *room)
{
    if (!can_turn(c)) {
        scatter_gradient(c, dy, weight, add, dx, room);
        return;
    }
    const struct convolution t = turned(c);
    turn_weight(c, weight, room);
    convolution_forward(&t, dy, room, NULL, add, dx,
                        room + c->out_channels * c->window * c->window * c->channels);
}

/* --- room --- */

static size_t forward_room(const struct convolution *c)
{
    struct cut cut = cut_images(c, SIZE_MAX);
    return panels_size(c) + cut.threads * slab_size(c, &cut);
}

size_t convolution_room(const struct convolution *c)
{
    size_t columns = c->window * c->window * c->channels, most = forward_room(c), input;
    struct cut cut = cut_images(c, GRADIENT_PIXELS);
    size_t weight = cut.threads * gradient_room(c, &cut);
    if (can_turn(c)) {
        const struct convolution t = turned(c);
        input = c->out_channels * columns + forward_room(&t);
    } else {
        input = (size_t)omp_get_max_threads() * c->out_height * c->out_width * columns;
    }
    most = most > weight ? most : weight;
    return most > input ? most : input;
}
