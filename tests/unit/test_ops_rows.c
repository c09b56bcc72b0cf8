/* Gathering, segments, sparse products, columns and shapes. */
#include "base/memory.h"
#include "check_main.h"
#include "op_check.h"

/* --- by index: row i of the longer side belongs to row index_of(i) of the shorter --- */

enum { SEGMENTS = 7 }; /* number 5 is empty */

static uint32_t index_of(size_t i)
{
    uint32_t index = (uint32_t)(i * i % 11 % SEGMENTS);
    return index == 5 ? 6 : index;
}

static uint32_t *make_index(struct tape *tape, size_t count)
{
    uint32_t *index = arena_alloc(&tape->arena, count, sizeof *index);
    for (size_t i = 0; i < count; i++)
        index[i] = index_of(i);
    return index;
}

enum { GATHERED = 9000 };

static struct variable *apply_gather(struct tape *tape, struct variable **x)
{
    return tape_gather_rows(tape, x[0], make_index(tape, GATHERED), GATHERED);
}

static void expect_gather(const struct tensor *x, real *y)
{
    size_t columns = tensor_columns(x);
    for (size_t i = 0; i < GATHERED * columns; i++)
        y[i] = x->data[index_of(i / columns) * columns + i % columns];
}

static struct variable *apply_segment_sum(struct tape *tape, struct variable **x)
{
    return tape_segment_sum(tape, x[0], make_index(tape, tensor_rows(&x[0]->value)), SEGMENTS);
}

static void expect_segment_sum(const struct tensor *x, real *y)
{
    size_t columns = tensor_columns(x);
    for (size_t i = 0, n = tensor_count(x); i < n; i++)
        y[index_of(i / columns) * columns + i % columns] += x->data[i];
}

static struct variable *apply_segment_mean(struct tape *tape, struct variable **x)
{
    return tape_segment_mean(tape, x[0], make_index(tape, tensor_rows(&x[0]->value)), SEGMENTS);
}

static void expect_segment_mean(const struct tensor *x, real *y)
{
    size_t columns = tensor_columns(x), counts[SEGMENTS] = {0};
    for (size_t row = 0; row < tensor_rows(x); row++)
        counts[index_of(row)]++;
    expect_segment_sum(x, y);
    for (size_t i = 0; i < SEGMENTS * columns; i++)
        y[i] = counts[i / columns] ? y[i] / (real)counts[i / columns] : 0;
}

static struct variable *apply_segment_max(struct tape *tape, struct variable **x)
{
    return tape_segment_max(tape, x[0], make_index(tape, tensor_rows(&x[0]->value)), SEGMENTS);
}

static void expect_segment_max(const struct tensor *x, real *y)
{
    size_t columns = tensor_columns(x);
    for (size_t i = 0; i < SEGMENTS * columns; i++)
        y[i] = -INFINITY;
    for (size_t i = 0, n = tensor_count(x); i < n; i++) {
        size_t k = index_of(i / columns) * columns + i % columns;
        y[k] = fmax(y[k], x->data[i]);
    }
    for (size_t i = 0; i < SEGMENTS * columns; i++)
        y[i] = isinf(y[i]) ? 0 : y[i];
}

static struct variable *apply_segment_softmax(struct tape *tape, struct variable **x)
{
    return tape_segment_softmax(tape, x[0], make_index(tape, tensor_rows(&x[0]->value)), SEGMENTS);
}

static void expect_segment_softmax(const struct tensor *x, real *y)
{
    size_t columns = tensor_columns(x), n = tensor_count(x);
    real *sums = memory_zeroed(SEGMENTS * columns, sizeof *sums);
    for (size_t i = 0; i < n; i++)
        sums[index_of(i / columns) * columns + i % columns] += exp(x->data[i]);
    for (size_t i = 0; i < n; i++)
        y[i] = exp(x->data[i]) / sums[index_of(i / columns) * columns + i % columns];
    free(sums);
}

START_TEST(by_index)
{
    static const struct op_case ops[] = {
        {.name = "gather_rows", .apply = apply_gather, .expect = expect_gather,
         .inputs = {{SEGMENTS, 5, 0}}},
        {.name = "segment_sum", .apply = apply_segment_sum, .expect = expect_segment_sum,
         .inputs = {{12, 5, 9000}}},
        {.name = "segment_mean", .apply = apply_segment_mean, .expect = expect_segment_mean,
         .inputs = {{12, 5, 9000}}},
        {.name = "segment_max", .apply = apply_segment_max, .expect = expect_segment_max,
         .inputs = {{12, 5, 9000}}},
        {.name = "segment_softmax", .apply = apply_segment_softmax,
         .expect = expect_segment_softmax, .inputs = {{12, 1, 40000}}},
        {.name = "segment_softmax of heads", .apply = apply_segment_softmax,
         .expect = expect_segment_softmax, .inputs = {{12, 4, 9000}}},
    };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        op_check(&ops[i]);
}
END_TEST

START_TEST(segment_softmax_of_extreme_values)
{
    struct tape tape = {0};
    real x[3] = {4000, 3000, -9000};
    const uint32_t segment[3] = {0, 0, 1};
    const real *y = tape_segment_softmax(&tape, tape_constant(&tape, tensor_vector(x, 3)), segment,
                                         2)->value.data;
    ck_assert(y[0] == 1 && y[1] == 0 && y[2] == 1);
    tape_free(&tape);
}
END_TEST

/* --- sparse product --- */

enum { ROWS = 6, COLUMNS = 4, ENTRIES = 8 };

static const size_t offsets[ROWS + 1] = {0, 2, 2, 3, 6, 7, 8}; /* row 1 is empty */
static const uint32_t indices[ENTRIES] = {0, 3, 1, 0, 1, 3, 2, 0};
static const real values[ENTRIES] = {1, -2, 0.5, 3, 1.5, -1, 2, 0.25};
static struct sparse matrix = {.rows = ROWS, .columns = COLUMNS, .offsets = offsets,
                               .indices = indices, .values = values};
static struct sparse transpose;

static struct variable *apply_sparse(struct tape *tape, struct variable **x)
{
    return tape_sparse_multiply(tape, &matrix, &transpose, x[0]);
}

static void expect_sparse(const struct tensor *x, real *y)
{
    size_t width = tensor_columns(x);
    for (size_t row = 0; row < ROWS; row++)
        for (size_t i = offsets[row]; i < offsets[row + 1]; i++)
            for (size_t j = 0; j < width; j++)
                y[row * width + j] += (matrix.values ? values[i] : 1) *
                                      x->data[indices[i] * width + j];
}

START_TEST(sparse_products)
{
    for (int weighted = 0; weighted < 2; weighted++) {
        matrix.values = weighted ? values : NULL;
        transpose = sparse_transpose(&matrix);
        op_check(&(struct op_case){.name = "sparse_multiply", .apply = apply_sparse,
                                   .expect = expect_sparse, .inputs = {{COLUMNS, 5, 0}}});
        sparse_free(&transpose);
    }
}
END_TEST

/* --- columns and shapes --- */

static struct variable *apply_concatenate(struct tape *tape, struct variable **x)
{
    return tape_concatenate_columns(tape, x[0], x[1]);
}

static void expect_concatenate(const struct tensor *x, real *y)
{
    size_t p = tensor_columns(&x[0]), q = tensor_columns(&x[1]);
    for (size_t row = 0; row < tensor_rows(&x[0]); row++) {
        for (size_t j = 0; j < p; j++)
            *y++ = x[0].data[row * p + j];
        for (size_t j = 0; j < q; j++)
            *y++ = x[1].data[row * q + j];
    }
}

static struct variable *apply_concatenate_itself(struct tape *tape, struct variable **x)
{
    return tape_concatenate_columns(tape, x[0], x[0]);
}

static void expect_concatenate_itself(const struct tensor *x, real *y)
{
    expect_concatenate((const struct tensor[]){x[0], x[0]}, y);
}

static struct variable *apply_slice(struct tape *tape, struct variable **x)
{
    return tape_slice_columns(tape, x[0], 2, 3);
}

static void expect_slice(const struct tensor *x, real *y)
{
    size_t columns = tensor_columns(x);
    for (size_t row = 0; row < tensor_rows(x); row++)
        for (size_t j = 2; j < 5; j++)
            *y++ = x->data[row * columns + j];
}

static struct variable *apply_reshape(struct tape *tape, struct variable **x)
{
    return tape_reshape(tape, x[0], 3, (const size_t[]){tensor_rows(&x[0]->value), 2, 3});
}

static void expect_reshape(const struct tensor *x, real *y)
{
    for (size_t i = 0, n = tensor_count(x); i < n; i++)
        y[i] = x->data[i];
}

static struct variable *apply_transpose(struct tape *tape, struct variable **x)
{
    return tape_transpose(tape, x[0]);
}

static void expect_transpose(const struct tensor *x, real *y)
{
    size_t rows = tensor_rows(x), columns = tensor_columns(x);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            y[j * rows + i] = x->data[i * columns + j];
}

START_TEST(columns_and_shapes)
{
    static const struct op_case ops[] = {
        {.name = "concatenate_columns", .apply = apply_concatenate, .expect = expect_concatenate,
         .inputs = {{4, 3, 9000}, {4, 2, 9000}}},
        {.name = "concatenate_columns with itself", .apply = apply_concatenate_itself,
         .expect = expect_concatenate_itself, .inputs = {{4, 3, 9000}}},
        {.name = "slice_columns", .apply = apply_slice, .expect = expect_slice,
         .inputs = {{4, 6, 12000}}},
        {.name = "reshape", .apply = apply_reshape, .expect = expect_reshape,
         .inputs = {{4, 6, 9000}}},
        {.name = "transpose", .apply = apply_transpose, .expect = expect_transpose,
         .inputs = {{4, 70, 600}}},
    };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        op_check(&ops[i]);
}
END_TEST

START_TEST(reshape_copies_nothing)
{
    struct tape tape = {0};
    real x[6] = {0};
    const struct variable *view =
        tape_reshape(&tape, tape_constant(&tape, tensor_vector(x, 6)), 2, (const size_t[]){2, 3});
    ck_assert_ptr_eq(view->value.data, x);
    ck_assert_uint_eq(view->value.shape[1], 3);
    tape_free(&tape);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ops_rows");
    TCase *cases = tcase_create("rows");
    tcase_add_test(cases, by_index);
    tcase_add_test(cases, segment_softmax_of_extreme_values);
    tcase_add_test(cases, sparse_products);
    tcase_add_test(cases, columns_and_shapes);
    tcase_add_test(cases, reshape_copies_nothing);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
