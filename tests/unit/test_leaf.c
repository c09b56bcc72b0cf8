/* A leaf: its layout, its forward pass against the tape's, its file, and its training. */
#include "pathway/leaf_fit.h"

#include "check_main.h"
#include "nn/mlp.h"
#include "pathway_cases.h"
#include "scratch.h"

static const struct leaf_shape shapes[] = {
    {.inputs = 3, .outputs = 1},
    {.inputs = 3, .outputs = 1, .hidden_count = 2, .hidden = {7, 5}},
    {.inputs = 1, .outputs = 1, .hidden_count = 1, .hidden = {33}, .prelu = true},
    {.inputs = 4, .outputs = 3, .hidden_count = 2, .hidden = {6, 9}, .prelu = true,
     .labels = true}};

enum { SHAPES = sizeof shapes / sizeof *shapes };

static real *random_reals(size_t count, uint32_t index)
{
    struct rng rng = rng_make(8, RNG_TEST, index);
    real *values = memory_alloc(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = (real)rng_normal(&rng);
    return values;
}

/* A leaf of random numbers, with scales that are positive and a clip that does nothing. */
static struct leaf random_leaf(const struct leaf_shape *shape)
{
    struct router names = case_root(shape->inputs, shape->labels ? shape->outputs : 0);
    struct leaf leaf = {.shape = *shape, .columns = row_columns_copy(&names.columns),
                        .classes = names_copy(&names.classes),
                        .block = random_reals(leaf_values(shape), 0)};
    const struct leaf_view view = leaf_view(shape, leaf.block);
    leaf.origin = leaf_origin_copy(&(struct leaf_origin){.leaf = 4, .seed = 5});
    for (size_t j = 0; j < shape->inputs; j++)
        view.input_scale[j] = 1 + (real)fabs((double)view.input_scale[j]);
    if (view.clip) {
        *view.target_scale = 2;
        view.clip[0] = -1000;
        view.clip[1] = 1000;
    }
    router_free(&names);
    return leaf;
}

START_TEST(layout)
{
    for (size_t s = 0; s < SHAPES; s++) {
        struct leaf_part parts[LEAF_MOST_PARTS];
        size_t count = leaf_parts(&shapes[s], parts), next = 0;
        for (size_t i = 0; i < count; next += parts[i++].count)
            ck_assert_uint_eq(parts[i].first, next);
        ck_assert_uint_eq(next, leaf_values(&shapes[s]));
    }
    /* The paper's count: the sum of d_j (d_j-1 + 1), and a slope for each hidden neuron. */
    ck_assert_uint_eq(leaf_parameters(&shapes[1]), 7 * 4 + 5 * 8 + 6);
    ck_assert_uint_eq(leaf_parameters(&shapes[3]), 6 * 5 + 6 + 9 * 7 + 9 + 3 * 10);
    char *text = leaf_shape_text(&shapes[3]);
    ck_assert_str_eq(text, "6,9 prelu");
    free(text);
}
END_TEST

/* What the tape makes of the same parameters. */
static void tape_outputs(const struct leaf *leaf, const real *x, size_t rows, real *outputs)
{
    const struct leaf_shape *s = &leaf->shape;
    const struct leaf_view view = leaf_view(s, leaf->block);
    size_t sizes[LEAF_MOST_HIDDEN + 2] = {s->inputs};
    struct parameters set = {0};
    struct tape tape = {0};
    struct mlp mlp;
    for (size_t l = 0; l <= s->hidden_count; l++)
        sizes[l + 1] = l < s->hidden_count ? s->hidden[l] : s->outputs;
    if (s->prelu)
        mlp_make_prelu(&mlp, &set, "network", sizes, s->hidden_count + 1);
    else
        mlp_make(&mlp, &set, "network", sizes, s->hidden_count + 1, ACTIVATION_RELU);
    parameters_set_values(&set, view.network);
    real *standard = memory_alloc(rows * s->inputs, sizeof *standard);
    for (size_t i = 0; i < rows * s->inputs; i++) {
        size_t j = i % s->inputs;
        standard[i] = (x[i] - view.input_mean[j]) / view.input_scale[j];
    }
    struct variable *y =
        mlp_apply(&tape, &mlp, tape_constant(&tape, tensor_matrix(standard, rows, s->inputs)));
    for (size_t i = 0; i < rows * s->outputs; i++)
        outputs[i] = s->labels ? y->value.data[i]
                               : *view.target_mean + *view.target_scale * y->value.data[i];
    free(standard);
    tape_free(&tape);
    parameters_free(&set);
}

START_TEST(forward_pass)
{
    enum { ROWS = 23 };
    for (size_t s = 0; s < SHAPES; s++) {
        struct leaf leaf = random_leaf(&shapes[s]);
        real *x = random_reals(ROWS * leaf.shape.inputs, 1);
        real *scratch = memory_alloc(leaf_scratch(&leaf.shape), sizeof *scratch);
        real found[ROWS * 3], expected[ROWS * 3], alone[3];
        size_t out = leaf.shape.outputs;
        leaf_apply(&leaf.shape, leaf.block, x, ROWS, scratch, found);
        tape_outputs(&leaf, x, ROWS, expected);
        for (size_t i = 0; i < ROWS * out; i++)
            ck_assert(fabs((double)(found[i] - expected[i])) < 1e-11);
        for (size_t i = 0; i < ROWS; i++) { /* the same bits without its neighbours */
            leaf_apply(&leaf.shape, leaf.block, x + i * leaf.shape.inputs, 1, scratch, alone);
            ck_assert_mem_eq(alone, found + i * out, out * sizeof *alone);
        }
        free(x);
        free(scratch);
        leaf_free(&leaf);
    }
}
END_TEST

START_TEST(clips)
{
    struct leaf leaf = random_leaf(&shapes[1]);
    const struct leaf_view view = leaf_view(&leaf.shape, leaf.block);
    real far[] = {1000, -1000, 500}, scratch[64], output;
    view.clip[0] = -1;
    view.clip[1] = 2;
    leaf_apply(&leaf.shape, leaf.block, far, 1, scratch, &output);
    ck_assert(output == -1 || output == 2);
    leaf_free(&leaf);
}
END_TEST

START_TEST(softmax)
{
    real rows[] = {0, 0, 0, 1000, 0, -1000};
    leaf_softmax(rows, 2, 3);
    ck_assert(fabs((double)rows[1] - 1.0 / 3) < 1e-12 && rows[3] == 1 && rows[5] == 0);
}
END_TEST

START_TEST(files)
{
    for (size_t s = 0; s < SHAPES; s++) {
        struct leaf leaf = random_leaf(&shapes[s]), back;
        struct error error = {0};
        char one[SHA256_TEXT], other[SHA256_TEXT];
        size_t offset;
        uint32_t checksum;
        ck_assert(leaf_save(&leaf, "leaf", &error) && leaf_load_file(&back, "leaf", &error));
        leaf_hash(&leaf, one);
        leaf_hash(&back, other);
        ck_assert_str_eq(one, other);
        ck_assert(leaf_same_shape(&leaf.shape, &back.shape));
        ck_assert(leaf_origin_difference(&leaf.origin, &back.origin) == NULL);
        leaf_free(&back);
        ck_assert(leaf_load_head(&back, "leaf", &offset, &checksum, &error));
        ck_assert(back.block == NULL);
        real *block = memory_alloc(leaf_values(&leaf.shape), sizeof *block);
        size_t bytes = leaf_values(&leaf.shape) * sizeof *block;
        FILE *file = fopen("leaf", "rb");
        fseek(file, (long)offset, SEEK_SET);
        ck_assert_uint_eq(fread(block, 1, bytes, file), bytes);
        fclose(file);
        ck_assert_mem_eq(block, leaf.block, bytes);
        ck_assert_uint_eq(leaf_checksum(block, bytes), checksum);
        free(block);
        leaf_free(&back);
        leaf_free(&leaf);
    }
}
END_TEST

/* One bit of the block, anywhere. */
START_TEST(damaged_file)
{
    struct leaf leaf = random_leaf(&shapes[1]), back;
    struct error error = {0};
    size_t offset;
    uint32_t checksum;
    ck_assert(leaf_save(&leaf, "leaf", &error));
    ck_assert(leaf_load_head(&back, "leaf", &offset, &checksum, &error));
    leaf_free(&back);
    size_t bytes = leaf_values(&leaf.shape) * sizeof(real);
    for (size_t at = 0; at < bytes; at += 13) {
        FILE *file = fopen("leaf", "r+b");
        fseek(file, (long)(offset + at), SEEK_SET);
        int byte = fgetc(file);
        fseek(file, (long)(offset + at), SEEK_SET);
        fputc(byte ^ 4, file);
        fclose(file);
        error = (struct error){0};
        ck_assert(!leaf_load_file(&back, "leaf", &error));
        ck_assert_int_eq(error.exit_code, EX_DATAERR);
        file = fopen("leaf", "r+b");
        fseek(file, (long)(offset + at), SEEK_SET);
        fputc(byte, file);
        fclose(file);
    }
    error = (struct error){0};
    ck_assert(leaf_load_file(&back, "leaf", &error));
    leaf_free(&back);
    leaf_free(&leaf);
}
END_TEST

/* --- training --- */

enum { TRAINING_ROWS = 400 };

static struct leaf unfitted(size_t classes)
{
    struct router names = case_root(2, classes);
    struct leaf_options options = leaf_options_defaults();
    options.hidden[0] = options.hidden[1] = 16;
    struct leaf leaf = {.shape = leaf_options_shape(&options, 2, classes),
                        .columns = row_columns_copy(&names.columns),
                        .classes = names_copy(&names.classes)};
    leaf.origin = leaf_origin_copy(&(struct leaf_origin){0});
    router_free(&names);
    return leaf;
}

static struct leaf_fit usual_fit(const struct leaf *start, size_t epochs)
{
    struct leaf_fit fit = {.start = start, .options = leaf_options_defaults(), .seed = 1};
    fit.options.epochs = epochs;
    fit.options.cold = !start;
    return fit;
}

START_TEST(learns)
{
    for (size_t classes = 0; classes < 4; classes += 3) {
        real *data = case_rows(TRAINING_ROWS, 2, classes);
        for (size_t i = 0; i < TRAINING_ROWS; i++) {
            real *row = data + 3 * i;
            row[2] = classes ? (real)((row[0] > 0) + (row[1] > 0)) : row[0] * row[1];
        }
        const struct leaf_rows rows = {data, TRAINING_ROWS, NULL, 0};
        struct leaf leaf = unfitted(classes);
        struct leaf_fit fit = usual_fit(NULL, 60);
        struct error error = {0};
        ck_assert(leaf_train(&leaf, &fit, &rows, &error));
        ck_assert_uint_eq(leaf.holdout_rows, TRAINING_ROWS / 10);
        ck_assert_msg(leaf.holdout_loss < 0.2 * leaf.start_loss, "%g %g", leaf.holdout_loss,
                      leaf.start_loss);
        free(data);
        leaf_free(&leaf);
    }
}
END_TEST

START_TEST(same_bytes)
{
    real *data = case_rows(TRAINING_ROWS, 2, 0);
    const struct leaf_rows rows = {data, TRAINING_ROWS, data, 50};
    char hashes[2][SHA256_TEXT];
    for (int run = 0; run < 2; run++) {
        struct leaf leaf = unfitted(0);
        struct leaf_fit fit = usual_fit(NULL, 5);
        struct error error = {0};
        ck_assert(leaf_train(&leaf, &fit, &rows, &error));
        leaf_hash(&leaf, hashes[run]);
        leaf_free(&leaf);
    }
    ck_assert_str_eq(hashes[0], hashes[1]);
    free(data);
}
END_TEST

/* A warm start is never left for something worse on the rows held out. */
START_TEST(keeps_what_is_better)
{
    real *data = case_rows(TRAINING_ROWS, 2, 0);
    const struct leaf_rows rows = {data, TRAINING_ROWS, NULL, 0}, three = {data, 3, NULL, 0},
                           none = {NULL, 0, NULL, 0};
    struct leaf start = unfitted(0), warm = unfitted(0), wild = unfitted(0), few = unfitted(0),
                empty = unfitted(0), cold = unfitted(0);
    struct error error = {0};
    struct leaf_fit fit = usual_fit(NULL, 40);
    ck_assert(leaf_train(&start, &fit, &rows, &error));
    fit = usual_fit(&start, 20);
    ck_assert(leaf_train(&warm, &fit, &rows, &error));
    ck_assert(warm.kept ? warm.holdout_loss == warm.start_loss
                        : warm.holdout_loss < warm.start_loss);
    fit.options.rate = 100; /* makes everything worse */
    fit.options.patience = 3;
    ck_assert(leaf_train(&wild, &fit, &rows, &error));
    ck_assert(wild.kept && wild.holdout_loss == wild.start_loss);
    const struct leaf_view before = leaf_view(&start.shape, start.block);
    const struct leaf_view after = leaf_view(&wild.shape, wild.block);
    ck_assert_mem_eq(before.network, after.network, leaf_parameters(&start.shape) * sizeof(real));
    ck_assert_mem_eq(before.input_mean, after.input_mean, 2 * sizeof(real));
    fit.options.try_cold = true; /* does what the warm start could not */
    fit.options.rate = 0.01;
    fit.options.epochs = 30;
    leaf_free(&wild);
    wild = unfitted(0);
    ck_assert(leaf_train(&wild, &fit, &rows, &error));
    ck_assert(wild.holdout_loss <= wild.start_loss);
    fit.options.try_cold = false;
    ck_assert(leaf_train(&few, &fit, &three, &error) && few.kept && few.holdout_rows == 0);
    ck_assert(leaf_train(&empty, &fit, &none, &error) && empty.kept);
    fit = usual_fit(NULL, 2);
    ck_assert(!leaf_train(&cold, &fit, &none, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    free(data);
    leaf_free(&start);
    leaf_free(&warm);
    leaf_free(&wild);
    leaf_free(&few);
    leaf_free(&empty);
    leaf_free(&cold);
}
END_TEST

/* In the scales of a small cell the start is the function that it was. */
START_TEST(starts_as_the_seed)
{
    for (size_t classes = 0; classes < 4; classes += 3) {
        real *data = case_rows(TRAINING_ROWS, 2, classes), *near = case_rows(50, 2, classes);
        const struct leaf_rows all = {data, TRAINING_ROWS, NULL, 0}, cell = {near, 50, NULL, 0};
        struct leaf start = unfitted(classes), leaf = unfitted(classes);
        struct leaf_fit fit = usual_fit(NULL, 3);
        struct error error = {0};
        ck_assert(leaf_train(&start, &fit, &all, &error));
        for (size_t i = 0; i < 50; i++)
            for (size_t j = 0; j < 2; j++)
                near[3 * i + j] = 1 + near[3 * i + j] / 50;
        fit = usual_fit(&start, 1);
        fit.options.rate = 1e-12;
        fit.options.clip = 1e6;
        ck_assert(leaf_train(&leaf, &fit, &cell, &error));
        real x[] = {1, (real)0.99}, scratch[256], one[3], other[3];
        leaf_apply(&start.shape, start.block, x, 1, scratch, one);
        leaf_apply(&leaf.shape, leaf.block, x, 1, scratch, other);
        for (size_t o = 0; o < leaf.shape.outputs; o++)
            ck_assert_msg(fabs((double)(one[o] - other[o])) < 1e-8, "%g %g", (double)one[o],
                          (double)other[o]);
        free(data);
        free(near);
        leaf_free(&start);
        leaf_free(&leaf);
    }
}
END_TEST

/* A leaf of one width 0 layer on rows of a plane finds the plane, far beyond the noise. */
START_TEST(affine)
{
    real *data = case_rows(TRAINING_ROWS, 2, 0);
    for (size_t i = 0; i < TRAINING_ROWS; i++)
        data[3 * i + 2] = 3 * data[3 * i] - data[3 * i + 1] + 1;
    const struct leaf_rows rows = {data, TRAINING_ROWS, NULL, 0};
    struct leaf leaf = unfitted(0);
    struct leaf_fit fit = usual_fit(NULL, 200);
    struct error error = {0};
    leaf.shape.hidden_count = 0;
    fit.options.rate = 0.02;
    ck_assert(leaf_train(&leaf, &fit, &rows, &error));
    ck_assert_msg(leaf.holdout_loss < 1e-6, "%g", leaf.holdout_loss);
    free(data);
    leaf_free(&leaf);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("leaf");
    TCase *cases = tcase_create("leaf");
    tcase_add_checked_fixture(cases, scratch_enter, scratch_leave);
    tcase_add_test(cases, layout);
    tcase_add_test(cases, forward_pass);
    tcase_add_test(cases, clips);
    tcase_add_test(cases, softmax);
    tcase_add_test(cases, files);
    tcase_add_test(cases, damaged_file);
    tcase_add_test(cases, learns);
    tcase_add_test(cases, same_bytes);
    tcase_add_test(cases, keeps_what_is_better);
    tcase_add_test(cases, starts_as_the_seed);
    tcase_add_test(cases, affine);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
