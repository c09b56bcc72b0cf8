/* Interval labels and the reachability index: never wrong, kept in files, refused when damaged. */
#include "dag/reachability.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"
#include "dag_shapes.h"
#include "graph/random_graphs.h"

#include <string.h>

START_TEST(intervals_miss_no_pair)
{
    struct dag dag;
    struct interval_labels labels;
    dag_shape_make(&dag, (enum dag_shape)(_i % DAG_SHAPES), (uint32_t)_i);
    size_t nodes = dag.graph.nodes, traversals = 1 + (size_t)_i / DAG_SHAPES;
    bool *reaches = dag_shape_closure(&dag);
    interval_labels_make(&labels, &dag, traversals, (uint64_t)_i);
    for (uint32_t u = 0; u < nodes; u++) {
        for (uint32_t v = 0; v < nodes; v++) {
            uint32_t a[16], b[16];
            bool below = true;
            interval_labels_coordinates(&labels, u, a);
            interval_labels_coordinates(&labels, v, b);
            for (size_t t = 0; t < 2 * traversals; t++)
                below &= a[t] <= b[t];
            ck_assert(below == interval_labels_may_reach(&labels, u, v));
            ck_assert(below || !reaches[u * nodes + v]);
            ck_assert(reaches[u * nodes + v] || !interval_labels_surely_reach(&labels, u, v));
            if (_i % DAG_SHAPES == SHAPE_TREE) /* exact on trees, both ways */
                ck_assert(below == reaches[u * nodes + v] &&
                          below == interval_labels_surely_reach(&labels, u, v));
        }
    }
    interval_labels_free(&labels);
    free(reaches);
    dag_free(&dag);
}
END_TEST

static struct reachability build(const struct dag *dag, enum reachability_method method)
{
    struct reachability index;
    struct error error = {0};
    struct reachability_options options = reachability_defaults();
    options.method = method;
    options.traversals = 2;
    ck_assert(reachability_build(&index, dag, &options, &error));
    return index;
}

static void check_every_pair(const struct reachability *index, const bool *reaches)
{
    struct reachability_scratch scratch;
    reachability_scratch_begin(&scratch, index);
    for (uint32_t u = 0; u < index->nodes; u++) {
        for (uint32_t v = 0; v < index->nodes; v++) {
            bool before = reaches[u * index->nodes + v], after = reaches[v * index->nodes + u];
            ck_assert(reachability_query(index, &scratch, u, v) == before);
            ck_assert_int_eq(reachability_relate(index, &scratch, u, v),
                             u == v   ? RELATION_SAME
                             : before ? RELATION_BEFORE
                             : after  ? RELATION_AFTER
                                      : RELATION_APART);
        }
    }
    reachability_scratch_end(&scratch);
}

START_TEST(agrees_with_brute_force)
{
    struct dag dag;
    dag_shape_make(&dag, (enum dag_shape)(_i % DAG_SHAPES), (uint32_t)_i);
    bool *reaches = dag_shape_closure(&dag);
    for (int method = REACHABILITY_AUTO; method <= REACHABILITY_INTERVALS; method++) {
        struct reachability index = build(&dag, (enum reachability_method)method);
        check_every_pair(&index, reaches);
        reachability_free(&index);
    }
    free(reaches);
    dag_free(&dag);
}
END_TEST

START_TEST(batches_agree_with_single_queries)
{
    enum { PAIRS = 20000 };
    struct edge_list list = {0};
    struct rng rng = rng_make(9, RNG_TEST, 0);
    generate_random_dag(&list, 2000, 0.0015, &rng);
    struct dag dag;
    dag_from_edges(&dag, list.nodes, list.edges, list.count);
    struct node_pair *pairs = memory_alloc(PAIRS, sizeof *pairs);
    bool *by_chains = memory_alloc(PAIRS, sizeof *by_chains);
    bool *by_intervals = memory_alloc(PAIRS, sizeof *by_intervals);
    for (size_t i = 0; i < PAIRS; i++)
        pairs[i] = (struct node_pair){(uint32_t)rng_below(&rng, 2000),
                                      (uint32_t)rng_below(&rng, 2000)};
    struct reachability chains = build(&dag, REACHABILITY_CHAINS);
    struct reachability intervals = build(&dag, REACHABILITY_INTERVALS);
    reachability_batch(&chains, pairs, PAIRS, by_chains);
    reachability_batch(&intervals, pairs, PAIRS, by_intervals);
    ck_assert_mem_eq(by_chains, by_intervals, PAIRS * sizeof *by_chains);
    size_t reached = 0;
    for (size_t i = 0; i < PAIRS; i++)
        reached += by_chains[i];
    ck_assert_uint_gt(reached, 0);
    ck_assert_uint_lt(reached, PAIRS);
    reachability_free(&chains);
    reachability_free(&intervals);
    free(pairs);
    free(by_chains);
    free(by_intervals);
    dag_free(&dag);
    edge_list_free(&list);
}
END_TEST

START_TEST(falls_back_to_intervals)
{
    struct dag dag;
    struct reachability index;
    struct error error = {0};
    struct reachability_options options = reachability_defaults();
    dag_shape_make(&dag, SHAPE_SPARSE, 3);
    options.most_label_bytes = 100;
    ck_assert(reachability_build(&index, &dag, &options, &error));
    ck_assert_int_eq(index.method, REACHABILITY_INTERVALS);
    reachability_free(&index);
    options.method = REACHABILITY_CHAINS;
    ck_assert(!reachability_build(&index, &dag, &options, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_ptr_nonnull(strstr(error.message, "the width is "));
    dag_free(&dag);
}
END_TEST

START_TEST(comes_back_from_a_file)
{
    struct dag dag;
    dag_shape_make(&dag, (enum dag_shape)(_i % DAG_SHAPES), (uint32_t)_i);
    bool *reaches = dag_shape_closure(&dag);
    for (int method = REACHABILITY_CHAINS; method <= REACHABILITY_INTERVALS; method++) {
        struct safetensors file = {0};
        struct error error = {0};
        struct reachability index = build(&dag, (enum reachability_method)method), loaded;
        reachability_save(&index, &file);
        ck_assert(reachability_load(&loaded, &file, "test", &error));
        ck_assert_uint_eq(reachability_bytes(&loaded), reachability_bytes(&index));
        ck_assert(loaded.minimum_chains == index.minimum_chains);
        check_every_pair(&loaded, reaches);
        reachability_free(&loaded);
        reachability_free(&index);
        safetensors_free(&file);
    }
    free(reaches);
    dag_free(&dag);
}
END_TEST

static void expect_refusal(const struct safetensors *file)
{
    struct reachability index;
    struct error error = {0};
    ck_assert(!reachability_load(&index, file, "test", &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
}

/* Any flipped bit, any missing tensor, any other shape or element type. */
START_TEST(damaged_files_are_refused)
{
    struct dag dag;
    struct safetensors file = {0};
    dag_shape_make(&dag, SHAPE_LAYERS, 1);
    struct reachability index = build(&dag, _i ? REACHABILITY_CHAINS : REACHABILITY_INTERVALS);
    reachability_save(&index, &file);
    for (size_t i = 0; i < file.count; i++) {
        struct array *array = &file.entries[i].array;
        unsigned char *bytes = array->data;
        for (size_t k = 0; k < array_bytes(array); k += 1 + array_bytes(array) / 50) {
            bytes[k] ^= 1;
            expect_refusal(&file);
            bytes[k] ^= 1;
        }
        char kept = file.entries[i].name[0];
        file.entries[i].name[0] = '?';
        expect_refusal(&file);
        file.entries[i].name[0] = kept;
        array->dtype = array->dtype == DTYPE_U32 ? DTYPE_I32 : DTYPE_I64;
        expect_refusal(&file);
        array->dtype = array->dtype == DTYPE_I32 ? DTYPE_U32 : DTYPE_U64;
        if (array->dimensions > 1)
            continue;
        array->shape[0]--;
        expect_refusal(&file);
        array->shape[0]++;
    }
    struct reachability loaded;
    struct error error = {0};
    ck_assert(reachability_load(&loaded, &file, "test", &error));
    reachability_free(&loaded);
    safetensors_set_metadata(&file, "reachability.method", "chains last 1 minimum");
    expect_refusal(&file);
    safetensors_free(&file);
    reachability_free(&index);
    dag_free(&dag);
}
END_TEST

/* A file whose checksum was made to fit must still not send a query out of bounds. */
START_TEST(forged_files_are_refused)
{
    struct dag dag;
    dag_shape_make(&dag, SHAPE_LAYERS, 1);
    struct reachability chains = build(&dag, REACHABILITY_CHAINS);
    struct reachability intervals = build(&dag, REACHABILITY_INTERVALS);
    uint32_t *words[] = {&chains.chains.own[3].chain,
                         &chains.chains.own[3].position,
                         &chains.chains.labels[0].chain,
                         &chains.chains.labels[chains.chains.offsets[4]].position,
                         &intervals.intervals.intervals[7].low,
                         &intervals.intervals.intervals[7].post,
                         &intervals.intervals.tree_low[2],
                         &intervals.rank[intervals.targets[0]],
                         &intervals.targets[1]};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct safetensors file = {0};
        uint32_t kept = *words[i];
        *words[i] = i == 7 ? 0 : UINT32_MAX - 5;
        reachability_save(i < 4 ? &chains : &intervals, &file);
        expect_refusal(&file);
        *words[i] = kept;
        safetensors_free(&file);
    }
    size_t *offsets[] = {&chains.chains.offsets[2], &intervals.offsets[2]};
    for (size_t i = 0; i < 2; i++) {
        struct safetensors file = {0};
        size_t kept = *offsets[i];
        *offsets[i] = SIZE_MAX / 2;
        reachability_save(i == 0 ? &chains : &intervals, &file);
        expect_refusal(&file);
        *offsets[i] = kept;
        safetensors_free(&file);
    }
    reachability_free(&chains);
    reachability_free(&intervals);
    dag_free(&dag);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reachability");
    TCase *tests = tcase_create("reachability");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, intervals_miss_no_pair, 0, 4 * DAG_SHAPES);
    tcase_add_loop_test(tests, agrees_with_brute_force, 0, 3 * DAG_SHAPES);
    tcase_add_test(tests, batches_agree_with_single_queries);
    tcase_add_test(tests, falls_back_to_intervals);
    tcase_add_loop_test(tests, comes_back_from_a_file, 0, DAG_SHAPES);
    tcase_add_loop_test(tests, damaged_files_are_refused, 0, 2);
    tcase_add_test(tests, forged_files_are_refused);
    return check_run(suite);
}
