#include "nn/message_passing.h"

#include "base/error.h"
#include "dist/row_share.h"
#include "grad/activation.h"
#include "grad/norm_row.h"
#include "tensor/blas.h"
#include "tensor/dropout.h"

#include <omp.h>
#include <string.h>

/*
 * Rows are worked on in blocks whose N(H) stays in the cache; MOST_SHARES runs of blocks sum the
 * gradients of the parameters apart, so that the sums do not depend on the number of threads.
 */
enum { BLOCK_ELEMENTS = 1 << 17, MOST_BLOCK = 512, MOST_SHARES = 32, CHUNK_ROWS = 8192 };

/* Columns that are worked on at a time, on the stack. */
enum { ROOM = 512 };

/* The inputs of the op, as tape_record keeps them. */
enum { H, WEIGHT, SELF_WEIGHT, BIAS, ALPHA, NORM_SCALE, NORM_SHIFT, INPUTS };

struct message_context {
    struct message_layer layer;
    struct dropout dropout;
    size_t position;      /* of the first row, for the mask */
    size_t in, out;
    size_t inputs, rows;  /* of h, and of the result */
    size_t heard, first;  /* rows that A hears: h's, or all ranks', with h's from `first` on */
    size_t block, shares;
    const real *alpha;    /* (out) */
    const real *h;        /* (inputs, in) */
    real *argument;       /* (rows, out): of the activation; on the way back its gradient */
};

/* The gradients of the parameters that one share of the rows sums. */
struct partial {
    real *weight, *self_weight;     /* (out, in) */
    real *bias, *alpha;             /* (out) */
    real *norm_scale, *norm_shift;  /* (in) */
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* --- forward --- */

/* N(H) of some rows: in `room`, or H itself. The statistics are kept where there is a place. */
static const real *normalise(const struct message_context *c, size_t first, size_t count,
                             real *room, real *means, real *inverses)
{
    const struct message_layer *layer = &c->layer;
    if (!layer->norm_scale)
        return c->h + first * c->in;
    const real *shift = layer->norm_shift ? layer->norm_shift->value.data : NULL;
    for (size_t i = 0; i < count; i++) {
        const real *x = c->h + (first + i) * c->in;
        real mean, inverse = norm_statistics_row(x, c->in, layer->norm_epsilon, true, &mean);
        norm_row(x, c->in, mean, inverse, layer->norm_scale->value.data, shift, room + i * c->in);
        if (means) {
            means[i] = mean;
            inverses[i] = inverse;
        }
    }
    return room;
}

/* y (count, out) = n weight^T */
static void multiply_weight(const struct message_context *c, const real *n, size_t count,
                            const struct variable *weight, real *y)
{
    blas_matmul(false, true, count, c->out, c->in, 1, n, weight->value.data, 0, y);
}

/* The mask of a piece of a row, 1 everywhere without dropout. */
static void fill_mask(const struct message_context *c, uint64_t position, size_t count, real *mask)
{
    bool drops = c->layer.dropout > 0;
    for (size_t k = 0; k < count; k++)
        mask[k] = 1;
    if (drops)
        dropout_apply(&c->dropout, position, count, mask, mask);
}

struct finish {
    const struct variable *self;
    real *argument; /* (rows of the chunk, out) */
    size_t first;   /* row of the chunk */
};

/* argument += b; H' = [H +] alpha . dropout(activation(argument)) for rows of the chunk. */
static void finish_rows(void *context, size_t first, size_t count)
{
    const struct finish *f = context;
    const struct message_context *c = f->self->context;
    const real *bias = c->layer.bias ? c->layer.bias->value.data : NULL;
    real value[ROOM], mask[ROOM];
    for (size_t i = first; i < first + count; i++) {
        size_t row = f->first + i;
        uint64_t position = (uint64_t)(c->position + row) * c->out;
        for (size_t j = 0; j < c->out; j += ROOM) {
            size_t width = smaller(c->out - j, ROOM);
            real *z = f->argument + i * c->out + j;
            real *y = f->self->value.data + row * c->out + j;
            const real *alpha = c->alpha + j;
            for (size_t k = 0; bias && k < width; k++)
                z[k] += bias[j + k];
            activation_apply(c->layer.activation, width, z, value);
            fill_mask(c, position + j, width, mask);
            if (c->layer.residual) {
#pragma omp simd
                for (size_t k = 0; k < width; k++)
                    y[k] += alpha[k] * mask[k] * value[k];
            } else {
#pragma omp simd
                for (size_t k = 0; k < width; k++)
                    y[k] = alpha[k] * mask[k] * value[k];
            }
        }
    }
}

/* target (inputs, out) = N(H) W^T */
static void make_messages(const struct message_context *c, real *rooms, real *target)
{
#pragma omp parallel for schedule(dynamic, 1) if (c->inputs * c->out > PARALLEL_ELEMENTS)
    for (size_t first = 0; first < c->inputs; first += c->block) {
        size_t count = smaller(c->block, c->inputs - first);
        real *room = rooms + (size_t)omp_get_thread_num() * c->block * c->in;
        const real *n = normalise(c, first, count, room, NULL, NULL);
        multiply_weight(c, n, count, c->layer.weight, target + first * c->out);
    }
}

/* N(H) times one weight for the rows of a chunk; finished at once where there is no matrix. */
static void multiply_chunk(struct finish *f, size_t rows, const struct variable *weight,
                           real *rooms)
{
    const struct message_context *c = f->self->context;
#pragma omp parallel for schedule(dynamic, 1) if (rows * c->out > PARALLEL_ELEMENTS)
    for (size_t first = 0; first < rows; first += c->block) {
        size_t count = smaller(c->block, rows - first);
        real *room = rooms + (size_t)omp_get_thread_num() * c->block * c->in;
        const real *n = normalise(c, f->first + first, count, room, NULL, NULL);
        multiply_weight(c, n, count, weight, f->argument + first * c->out);
        if (!c->layer.matrix)
            finish_rows(f, first, count);
    }
}

/* H' in chunks of rows, each with its argument: all of them at once where it is to be kept. */
static void compute(struct variable *self)
{
    const struct message_context *c = self->context;
    const struct message_layer *layer = &c->layer;
    size_t chunk = c->argument ? c->rows : smaller(c->rows, CHUNK_ROWS);
    size_t rooms = (size_t)omp_get_max_threads() * c->block * c->in;
    size_t messages = layer->matrix ? c->heard * c->out : 0;
    real *scratch = tape_scratch(self->tape, rooms + messages + (c->argument ? 0 : chunk * c->out));
    real *argument = c->argument ? c->argument : scratch + rooms + messages;
    if (layer->matrix)
        make_messages(c, scratch, scratch + rooms + c->first * c->out);
    if (layer->matrix && layer->matrix->share)
        row_share_gather(layer->matrix->share, scratch + rooms, c->out * sizeof *scratch);
    for (size_t first = 0; first < c->rows; first += chunk) {
        size_t rows = smaller(chunk, c->rows - first);
        struct finish finish = {.self = self, .argument = argument, .first = first};
        const struct variable *own = layer->matrix ? layer->self_weight : layer->weight;
        if (own)
            multiply_chunk(&finish, rows, own, scratch);
        if (layer->matrix) {
            struct sparse slice = sparse_slice(layer->matrix, first, rows);
            sparse_multiply_and(&slice, scratch + rooms, c->out, own != NULL, argument, finish_rows,
                                &finish);
        }
    }
}

/* --- backward --- */

/*
 * Of one row: H back from H', the gradient of the argument in its place, and what the row adds to
 * the gradients of bias and alpha.
 */
static void send_activation_row(const struct variable *self, size_t row, struct partial *p)
{
    const struct message_context *c = self->context;
    real value[ROOM], mask[ROOM], slope[ROOM];
    for (size_t j = 0; j < c->out; j += ROOM) {
        size_t width = smaller(c->out - j, ROOM), place = row * c->out + j;
        real *z = c->argument + place, *y = self->value.data + place;
        const real *dy = self->gradient + place, *alpha = c->alpha + j;
        fill_mask(c, (uint64_t)c->position * c->out + place, width, mask);
#pragma omp simd
        for (size_t k = 0; k < width; k++)
            slope[k] = dy[k] * alpha[k] * mask[k];
        activation_value_and_slope(c->layer.activation, width, z, value, slope, z);
#pragma omp simd
        for (size_t k = 0; k < width; k++) {
            p->alpha[j + k] += dy[k] * mask[k] * value[k];
            p->bias[j + k] += z[k];
        }
        if (!c->layer.residual)
            continue;
#pragma omp simd
        for (size_t k = 0; k < width; k++)
            y[k] -= alpha[k] * mask[k] * value[k];
    }
}

static void send_activation_rows(const struct variable *self, size_t first, size_t count,
                                 struct partial *p)
{
    for (size_t row = first; row < first + count; row++)
        send_activation_row(self, row, p);
}

/*
 * What goes back through N of one block, dn its gradient: to scale, shift and dh. With
 * u = (x - mean) inverse and g = dn scale: dh = inverse (g - mean(g) - u mean(g u)). (As
 * norm_input_row, but that the sums and the parameters' gradients are one pass.)
 */
static void send_norm_rows(const struct message_context *c, size_t first, size_t count,
                           const real *dn, const real *means, const real *inverses, bool add,
                           real *dh, struct partial *p)
{
    size_t in = c->in;
    const real *scale = c->layer.norm_scale->value.data;
    for (size_t i = 0; i < count; i++) {
        const real *restrict x = c->h + (first + i) * in, *restrict d = dn + i * in;
        real mean = means[i], inverse = inverses[i], sum = 0, product = 0;
        real *restrict dscale = p->norm_scale, *restrict dshift = p->norm_shift;
#pragma omp simd reduction(+ : sum, product)
        for (size_t j = 0; j < in; j++) {
            real u = (x[j] - mean) * inverse;
            dscale[j] += d[j] * u;
            dshift[j] += d[j];
            sum += d[j] * scale[j];
            product += d[j] * scale[j] * u;
        }
        if (!dh)
            continue;
        real *restrict target = dh + (first + i) * in;
        sum /= (real)in;
        product *= inverse / (real)in;
        if (!add)
            memset(target, 0, in * sizeof *target);
#pragma omp simd
        for (size_t j = 0; j < in; j++)
            target[j] += inverse * (d[j] * scale[j] - sum - (x[j] - mean) * product);
    }
}

/* The way back of a block of input rows, dv (inputs, out) the gradient of N(H) W^T. */
static void send_input_rows(const struct message_context *c, size_t first, size_t count,
                            const real *dv, bool add, real *dh, real *room, struct partial *p)
{
    const struct message_layer *layer = &c->layer;
    size_t in = c->in, out = c->out;
    size_t own = layer->self_weight && first < c->rows ? smaller(count, c->rows - first) : 0;
    const real *dv_rows = dv + first * out, *dz_rows = c->argument + first * out;
    real means[MOST_BLOCK], inverses[MOST_BLOCK];
    const real *n = normalise(c, first, count, room, means, inverses);
    if (layer->weight->needs_gradient)
        blas_matmul(true, false, out, in, count, 1, dv_rows, n, 1, p->weight);
    if (own && layer->self_weight->needs_gradient)
        blas_matmul(true, false, out, in, own, 1, dz_rows, n, 1, p->self_weight);
    if (!dh && !layer->norm_scale)
        return;
    real *dn = layer->norm_scale ? room + c->block * in : dh + first * in;
    real beta = !layer->norm_scale && add ? 1 : 0;
    blas_matmul(false, false, count, in, out, 1, dv_rows, layer->weight->value.data, beta, dn);
    if (own)
        blas_matmul(false, false, own, in, out, 1, dz_rows, layer->self_weight->value.data, 1, dn);
    if (layer->norm_scale)
        send_norm_rows(c, first, count, dn, means, inverses, add, dh, p);
}

/* The gradient of h, with the residual's part in it; *add when what it holds must stay. */
static real *input_gradient(struct variable *self, bool *add)
{
    const struct message_context *c = self->context;
    struct variable *h = self->inputs[H];
    real beta;
    *add = c->layer.residual;
    if (!h->needs_gradient)
        return NULL;
    if (c->layer.residual && c->rows == c->inputs && !h->gradient) {
        h->gradient = self->gradient;
    } else if (c->layer.residual) {
        real *dh = variable_gradient(h);
        for (size_t i = 0; i < c->rows * c->out; i++)
            dh[i] += self->gradient[i];
    } else {
        variable_gradient_or_new(h, &beta);
        *add = beta != 0;
    }
    return h->gradient;
}

static size_t partial_size(const struct message_context *c)
{
    return (c->layer.self_weight ? 2 : 1) * c->out * c->in + 2 * c->out + 2 * c->in;
}

static struct partial partial_at(const struct message_context *c, real *partials, size_t share)
{
    real *at = partials + share * partial_size(c);
    struct partial p = {.bias = at, .alpha = at + c->out};
    p.norm_scale = p.alpha + c->out;
    p.norm_shift = p.norm_scale + c->in;
    p.weight = p.norm_shift + c->in;
    p.self_weight = p.weight + c->out * c->in;
    return p;
}

/* Adds to the gradient of a parameter what lies `offset` behind the beginning of every partial. */
static void add_partials(const struct message_context *c, const real *partials, size_t offset,
                         struct variable *parameter, size_t count)
{
    if (!parameter || !parameter->needs_gradient)
        return;
    real *gradient = variable_gradient(parameter);
    size_t stride = partial_size(c);
    bool one = tensor_count(&parameter->value) == 1; /* alpha may be one value for all columns */
#pragma omp parallel for schedule(static) if (count * c->shares > PARALLEL_ELEMENTS && !one)
    for (size_t j = 0; j < count; j++) {
        real sum = 0;
        for (size_t share = 0; share < c->shares; share++)
            sum += partials[share * stride + offset + j];
        gradient[one ? 0 : j] += sum;
    }
}

static void send_parameters(struct variable *self, real *partials)
{
    const struct message_context *c = self->context;
    struct partial p = partial_at(c, partials, 0);
    struct variable *const *inputs = self->inputs;
    add_partials(c, partials, (size_t)(p.weight - partials), inputs[WEIGHT], c->out * c->in);
    add_partials(c, partials, (size_t)(p.self_weight - partials), inputs[SELF_WEIGHT],
                 c->out * c->in);
    add_partials(c, partials, (size_t)(p.bias - partials), inputs[BIAS], c->out);
    add_partials(c, partials, (size_t)(p.alpha - partials), inputs[ALPHA], c->out);
    add_partials(c, partials, (size_t)(p.norm_scale - partials), inputs[NORM_SCALE], c->in);
    add_partials(c, partials, (size_t)(p.norm_shift - partials), inputs[NORM_SHIFT], c->in);
}

/* The blocks of a share among all blocks of n rows: rows *first .. *end. */
static void rows_of_share(const struct message_context *c, size_t n, size_t share, size_t *first,
                          size_t *end)
{
    size_t blocks = (n + c->block - 1) / c->block;
    *first = smaller(n, blocks * share / c->shares * c->block);
    *end = smaller(n, blocks * (share + 1) / c->shares * c->block);
}

/* The arguments' gradients of all rows that the transpose hears, those of other ranks in `room`. */
static const real *all_arguments(const struct message_context *c, real *room)
{
    const struct row_share *share = c->layer.transpose->share;
    if (!share)
        return c->argument;
    memcpy(room + c->first * c->out, c->argument, c->rows * c->out * sizeof *room);
    row_share_gather(share, room, c->out * sizeof *room);
    return room;
}

static void message_backward(struct variable *self)
{
    const struct message_context *c = self->context;
    const struct sparse *transpose = c->layer.matrix ? c->layer.transpose : NULL;
    size_t messages = transpose ? c->inputs * c->out : 0, room_size = 2 * c->block * c->in;
    size_t rooms_size = (size_t)omp_get_max_threads() * room_size;
    size_t gathered = transpose && transpose->share ? c->heard * c->out : 0;
    size_t sums = c->shares * partial_size(c);
    real *rooms = tape_scratch(self->tape, rooms_size + messages + sums + gathered);
    real *partials = rooms + rooms_size + messages;
    const real *dv = transpose ? rooms + rooms_size : c->argument;
    bool add;
    real *dh = input_gradient(self, &add);
    memset(partials, 0, c->shares * partial_size(c) * sizeof *partials);
    for (int pass = transpose ? 0 : 1; pass < 2; pass++) {
        /* Without a matrix the two passes are one over each block. */
        size_t n = pass == 0 ? c->rows : c->inputs;
#pragma omp parallel for schedule(dynamic, 1) if (n * c->out > PARALLEL_ELEMENTS)
        for (size_t share = 0; share < c->shares; share++) {
            struct partial p = partial_at(c, partials, share);
            real *room = rooms + (size_t)omp_get_thread_num() * room_size;
            size_t end, first;
            for (rows_of_share(c, n, share, &first, &end); first < end; first += c->block) {
                size_t count = smaller(c->block, end - first);
                if (pass == 0 || !transpose)
                    send_activation_rows(self, first, count, &p);
                if (pass == 1)
                    send_input_rows(c, first, count, dv, add, dh, room, &p);
            }
        }
        if (pass == 0)
            sparse_multiply(transpose, all_arguments(c, partials + sums), c->out, false,
                            rooms + rooms_size);
    }
    send_parameters(self, partials);
}

/* --- the op --- */

static void check_shapes(const struct variable *h, const struct message_layer *l)
{
    size_t in = tensor_columns(&h->value), out = tensor_rows(&l->weight->value);
    size_t inputs = tensor_rows(&h->value), heard = 0; /* rows that h must have for the matrix */
    if (l->matrix)
        heard = l->matrix->share ? l->matrix->rows : l->matrix->columns;
    size_t alphas = l->alpha ? tensor_count(&l->alpha->value) : 1;
    bool fit = tensor_columns(&l->weight->value) == in && (!l->residual || in == out) &&
               (!l->self_weight || tensor_same_shape(&l->self_weight->value, &l->weight->value)) &&
               (!l->bias || tensor_count(&l->bias->value) == out) &&
               (!l->norm_scale || tensor_count(&l->norm_scale->value) == in) &&
               (!l->norm_shift || (l->norm_scale && tensor_count(&l->norm_shift->value) == in)) &&
               (alphas == 1 || alphas == out) && (!l->self_weight || l->matrix) &&
               (!l->matrix || l->matrix->rows <= inputs) && (!l->matrix || heard == inputs);
    if (!fit)
        error_die(EX_SOFTWARE, "tape_message_layer: shapes do not fit");
}

/* Alpha as a row of `out` values. */
static const real *spread_alpha(struct tape *tape, const struct variable *alpha, size_t out)
{
    if (alpha && tensor_count(&alpha->value) == out)
        return alpha->value.data;
    real *row = arena_alloc(&tape->arena, out, sizeof *row);
    for (size_t j = 0; j < out; j++)
        row[j] = alpha ? alpha->value.data[0] : 1;
    return row;
}

static struct message_context make_context(struct tape *tape, const struct variable *h,
                                           const struct message_layer *layer)
{
    struct message_context c = {.layer = *layer,
                                .in = tensor_columns(&h->value),
                                .out = tensor_rows(&layer->weight->value),
                                .inputs = tensor_rows(&h->value),
                                .h = h->value.data};
    size_t widest = c.in > c.out ? c.in : c.out;
    c.rows = layer->matrix ? layer->matrix->rows : c.inputs;
    c.heard = layer->matrix ? layer->matrix->columns : 0;
    c.first = layer->matrix && layer->matrix->share ? layer->matrix->share->first : 0;
    c.position = tape->rows_before;
    c.block = smaller(MOST_BLOCK, BLOCK_ELEMENTS / widest);
    c.block = c.block < 16 ? 16 : c.block;
    c.shares = smaller(MOST_SHARES, (c.inputs + c.block - 1) / c.block);
    c.shares = c.shares ? c.shares : 1;
    c.alpha = spread_alpha(tape, layer->alpha, c.out);
    if (layer->dropout > 0)
        c.dropout = dropout_make(layer->dropout, layer->dropout_seed);
    return c;
}

struct variable *tape_message_layer(struct tape *tape, struct variable *h,
                                    const struct message_layer *layer)
{
    check_shapes(h, layer);
    struct message_context c = make_context(tape, h, layer);
    struct variable *const inputs[INPUTS] = {
        [H] = h, [WEIGHT] = layer->weight, [SELF_WEIGHT] = layer->self_weight,
        [BIAS] = layer->bias, [ALPHA] = layer->alpha, [NORM_SCALE] = layer->norm_scale,
        [NORM_SHIFT] = layer->norm_shift};
    struct tensor value = tensor_matrix(h->value.data, c.rows, c.out); /* H' in place of H */
    if (!layer->residual)
        value.data = arena_alloc(&tape->arena, c.rows * c.out, sizeof(real));
    struct variable *self = tape_record_view(tape, value, inputs, INPUTS, message_backward);
    if (self->needs_gradient && layer->matrix && !layer->transpose)
        error_die(EX_SOFTWARE, "tape_message_layer: the way back needs the transpose");
    if (self->needs_gradient)
        c.argument = arena_alloc(&tape->arena, c.rows * c.out, sizeof(real));
    self->context = tape_keep(tape, &c, sizeof c);
    compute(self);
    return self;
}
