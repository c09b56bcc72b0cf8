/* Blocks of samples: written and read back, joined, and everything that can be wrong with them. */
#include "multivector/multivector_data.h"

#include "base/memory.h"
#include "check_main.h"
#include "scratch.h"

#include <math.h>

static const struct sample_shape cloud = {
    .dimension = 3, .scalars = 2, .vectors = 4, .target_scalars = 1, .target_pseudoscalars = 2};
static const struct sample_shape graph = {
    .dimension = 2, .nodes = 5, .scalars = 1, .vectors = 2, .target_vectors = 1};

/* Values that tell part, sample and place. */
static struct multivector_data numbered(const struct sample_shape *shape, size_t count, int start)
{
    struct multivector_data data = multivector_data_make(shape, count);
    for (int part = 0; part < SAMPLE_PARTS; part++)
        for (size_t i = 0; i < count * sample_width(shape, (enum sample_part)part); i++)
            data.parts[part][i] = (real)(start + 10000 * part + (int)i);
    return data;
}

static void write_block(const char *path, const struct multivector_data *data, bool append)
{
    struct error error = {0};
    struct output output;
    ck_assert(output_open(&output, append ? "block" : path, &error));
    ck_assert(multivector_data_write(&output, data, &error));
    ck_assert(output_commit(&output, &error));
    if (append)
        ck_assert(system("cat block >> stream") == 0);
}

static bool read_all(const char *path, struct multivector_data *data, struct error *error)
{
    *error = (struct error){0};
    struct stream *stream = stream_open(path, error);
    ck_assert(stream != NULL);
    bool good = multivector_data_read(stream, data, error);
    stream_close(stream);
    return good;
}

static void check_same(const struct multivector_data *a, const struct multivector_data *b)
{
    ck_assert(sample_same_shape(&a->shape, &b->shape));
    ck_assert_uint_eq(a->count, b->count);
    for (int part = 0; part < SAMPLE_PARTS; part++)
        for (size_t i = 0; i < a->count * sample_width(&a->shape, (enum sample_part)part); i++)
            ck_assert(a->parts[part][i] == b->parts[part][i]);
}

START_TEST(round_trips)
{
    struct sample_shape pooled = graph, bare = cloud;
    pooled.pooled = true;
    bare.target_scalars = bare.target_pseudoscalars = bare.scalars = 0;
    const struct sample_shape *shapes[] = {&cloud, &graph, &pooled, &bare};
    for (size_t s = 0; s < 4; s++) {
        struct error error;
        struct multivector_data data = numbered(shapes[s], 7, 1), back;
        write_block("stream", &data, false);
        ck_assert_msg(read_all("stream", &back, &error), "%s", error.message);
        check_same(&data, &back);
        multivector_data_free(&data);
        multivector_data_free(&back);
    }
}
END_TEST

START_TEST(widths)
{
    ck_assert_uint_eq(sample_width(&cloud, PART_SCALARS), 2);
    ck_assert_uint_eq(sample_width(&cloud, PART_VECTORS), 12);
    ck_assert_uint_eq(sample_width(&cloud, PART_TARGET_VECTORS), 0);
    ck_assert_uint_eq(sample_width(&cloud, PART_TARGET_PSEUDOSCALARS), 2);
    ck_assert_uint_eq(sample_width(&graph, PART_VECTORS), 20);
    ck_assert_uint_eq(sample_width(&graph, PART_TARGET_VECTORS), 10);
    struct sample_shape pooled = graph;
    pooled.pooled = true;
    ck_assert_uint_eq(sample_width(&pooled, PART_TARGET_VECTORS), 2);
    ck_assert(sample_has_targets(&cloud) && sample_has_targets(&graph));
}
END_TEST

START_TEST(blocks_are_joined)
{
    struct error error;
    struct multivector_data all;
    scratch_write("stream", "");
    size_t sizes[] = {1, 3, 0, 4, 9};
    for (size_t b = 0; b < 5; b++) {
        struct multivector_data block = numbered(&graph, sizes[b], (int)b * 100);
        write_block("stream", &block, true);
        multivector_data_free(&block);
    }
    ck_assert_msg(read_all("stream", &all, &error), "%s", error.message);
    ck_assert_uint_eq(all.count, 17);
    ck_assert(all.parts[PART_SCALARS][0] == 0);
    ck_assert(all.parts[PART_SCALARS][5] == 100);
    ck_assert(all.parts[PART_VECTORS][4 * 20] == 10000 + 300);
    ck_assert(all.parts[PART_TARGET_VECTORS][8 * 10 + 1] == 30000 + 400 + 1);
    multivector_data_free(&all);
}
END_TEST

START_TEST(picks)
{
    struct multivector_data data = numbered(&cloud, 6, 0);
    struct multivector_data two = multivector_data_pick(&data, (size_t[]){5, 2}, 2);
    ck_assert_uint_eq(two.count, 2);
    ck_assert(two.parts[PART_VECTORS][0] == data.parts[PART_VECTORS][5 * 12]);
    ck_assert(two.parts[PART_TARGET_PSEUDOSCALARS][3] ==
              data.parts[PART_TARGET_PSEUDOSCALARS][2 * 2 + 1]);
    multivector_data_free(&data);
    multivector_data_free(&two);
}
END_TEST

/* Writes records of given shapes, all of zeros but one value. */
static void write_records(const size_t (*shapes)[4], const int *dimensions, size_t count,
                          enum dtype dtype, double value)
{
    struct error error = {0};
    struct output output;
    ck_assert(output_open(&output, "stream", &error));
    for (size_t r = 0; r < count; r++) {
        struct array array = array_make(DTYPE_F64, dimensions[r], shapes[r]);
        for (size_t i = 0; i < array_count(&array); i++)
            ((double *)array.data)[i] = i + 1 == array_count(&array) && r == 1 ? value : 0;
        ck_assert(array_convert(&array, dtype, "test", &error));
        ck_assert(npy_write(&output, &array, &error));
        array_free(&array);
    }
    ck_assert(output_commit(&output, &error));
}

static void check_refused(const char *message)
{
    struct error error;
    struct multivector_data data;
    ck_assert(!read_all("stream", &data, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_msg(strstr(error.message, message) != NULL, "'%s' is not in '%s'", message,
                  error.message);
}

START_TEST(refused)
{
    const size_t good[5][4] = {{2, 1}, {2, 3, 3}, {2, 1}, {2, 0, 3}, {2, 0}};
    const int flat[5] = {2, 3, 2, 3, 2};
    write_records(good, flat, 5, DTYPE_F32, NAN);
    check_refused("record 2: vectors of sample 1: nan; expected a finite number");
    write_records(good, flat, 5, DTYPE_F64, 1e300 * 1e300);
    check_refused("expected a finite number");
    write_records(good, flat, 5, DTYPE_I32, 1);
    check_refused("record 1: scalars of type int32; expected float32 or float64");
    write_records(good, flat, 3, DTYPE_F32, 1);
    check_refused("ends before record 4, target vectors; expected blocks of five records");
    scratch_write("stream", "");
    check_refused("no samples");

    const size_t ragged[5][4] = {{2, 1}, {3, 3, 3}, {2, 1}, {2, 0, 3}, {2, 0}};
    write_records(ragged, flat, 5, DTYPE_F32, 1);
    check_refused("record 2: vectors of shape (3, 3, 3)");
    const size_t other_space[5][4] = {{2, 1}, {2, 3, 3}, {2, 1}, {2, 1, 2}, {2, 0}};
    write_records(other_space, flat, 5, DTYPE_F32, 1);
    check_refused("record 4: target vectors of shape (2, 1, 2)");
    const size_t large[5][4] = {{2, 1}, {2, 3, 7}, {2, 1}, {2, 0, 7}, {2, 0}};
    write_records(large, flat, 5, DTYPE_F32, 1);
    check_refused("record 2: vectors of shape (2, 3, 7)");
    const size_t nodes[5][4] = {{2, 4, 1}, {2, 4, 1, 3}, {2, 4, 1}, {2, 0, 3}, {2, 4, 0}};
    const int mixed[5] = {3, 4, 3, 3, 3};
    write_records(nodes, mixed, 5, DTYPE_F32, 1);
    check_refused("record 4");
    const int lost_nodes[5] = {3, 3, 2, 3, 2};
    write_records(nodes, lost_nodes, 5, DTYPE_F32, 1);
    check_refused("record 2");
}
END_TEST

START_TEST(blocks_of_other_shapes)
{
    struct multivector_data one = numbered(&graph, 2, 0), other = numbered(&cloud, 2, 0);
    scratch_write("stream", "");
    write_block("stream", &one, true);
    write_block("stream", &other, true);
    check_refused("records 6 to 10: samples of another shape; expected 5 nodes of 1 scalars");
    multivector_data_free(&one);
    multivector_data_free(&other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("multivector_data");
    TCase *cases = tcase_create("multivector_data");
    tcase_add_checked_fixture(cases, scratch_enter, scratch_leave);
    tcase_add_test(cases, round_trips);
    tcase_add_test(cases, widths);
    tcase_add_test(cases, blocks_are_joined);
    tcase_add_test(cases, picks);
    tcase_add_test(cases, refused);
    tcase_add_test(cases, blocks_of_other_shapes);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
