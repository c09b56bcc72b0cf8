/* dag-query: answers from a model of dag-spacetime how pairs of nodes are related. */
#include "base/memory.h"
#include "base/options.h"
#include "base/output.h"
#include "base/progress.h"
#include "base/report.h"
#include "io/csv.h"
#include "io/npy.h"
#include "spacetime/spacetime_query.h"

#include <math.h>
#include <stdlib.h>

enum { KEY_LOAD = 0x2000, KEY_FEATURES, KEY_RELATION_ONLY, KEY_INTERVAL };

struct settings {
    const char *load_path, *features_path;
    bool relation_only, interval;
};

static const struct argp_option options[] = {
    {"load", KEY_LOAD, "MODEL", 0, "The model, as dag-spacetime --model wrote it (required)", 1},
    {"features", KEY_FEATURES, "FILE", 0, "Also place the nodes of FILE that the model does not "
     "know, by their features", 1},
    {"relation-only", KEY_RELATION_ONLY, 0, 0, "Leave the distances out", 2},
    {"interval", KEY_INTERVAL, 0, 0, "Add the interval in time: how far the second node lies "
     "within the first one's future, or, below 0, within its past; 0 for nodes apart", 2},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_LOAD: s->load_path = argument; return 0;
    case KEY_FEATURES: s->features_path = argument; return 0;
    case KEY_RELATION_ONLY: s->relation_only = true; return 0;
    case KEY_INTERVAL: s->interval = true; return 0;
    case ARGP_KEY_END:
        if (!s->load_path)
            argp_error(state, "no model is given; expected --load MODEL");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct program program = {
    .name = "dag-query",
    .operands = "[FILE]",
    .summary = "Tell how pairs of nodes of a directed acyclic graph are related. Reads pairs, as "
               "CSV u,v or NPY (n, 2); writes u,v,relation,distance, where u is before, after, "
               "apart from v, or the same, or the same columns one after the other as NPY.",
    .options = options,
    .parse = parse,
    .common = OPTION_OUTPUT | OPTION_FORMAT_CSV_NPY | OPTION_THREADS | OPTION_REPORT,
    .most_operands = 1};

struct pair_list {
    struct node_pair *pairs;
    size_t count;
};

/* What is answered of pairs; NULL what is not asked for. */
struct answers {
    uint8_t *relations;
    float *distances, *intervals;
};

struct tally {
    double pairs, seconds;
    double of_relation[RELATION_SAME + 1];
};

/* --- input --- */

static bool read_npy(struct stream *stream, size_t names, struct pair_list *list,
                     struct error *error)
{
    struct array array = {0};
    bool end;
    if (!npy_read(stream, &array, &end, error))
        return false;
    bool good = node_pairs_from_array(&array, stream_name(stream), names, &list->pairs,
                                      &list->count, error);
    array_free(&array);
    const unsigned char *rest;
    if (good && stream_peek(stream, &rest, 1, error) > 0)
        good = error_set(error, EX_DATAERR, "%s: more than one record; expected one",
                         stream_name(stream));
    return good && error->exit_code == EX_OK;
}

static bool read_pairs(const char *path, const struct names *names, bool *npy,
                       struct pair_list *list, struct error *error)
{
    struct stream *stream = stream_open(path, error);
    if (!stream)
        return false;
    *npy = stream_recognise(stream, error) == STREAM_NPY;
    const struct graph known = {.nodes = names->count, .names = *names};
    bool good = error->exit_code == EX_OK &&
                (*npy ? read_npy(stream, names->count, list, error)
                      : node_pairs_read(stream, &known, &list->pairs, &list->count, error));
    stream_close(stream);
    return good;
}

/* --- answers --- */

static struct answers answer(const struct placed_spacetime *placed, const struct settings *s,
                             const struct pair_list *list, struct tally *tally)
{
    struct answers answers = {.relations = memory_alloc(list->count, 1)};
    double started = progress_seconds();
    spacetime_relate(placed, list->pairs, list->count, answers.relations);
    tally->seconds = progress_seconds() - started;
    tally->pairs = (double)list->count;
    for (size_t i = 0; i < list->count; i++)
        tally->of_relation[answers.relations[i]]++;
    if (!s->relation_only) {
        answers.distances = memory_alloc(list->count, sizeof *answers.distances);
        spacetime_measure(placed, list->pairs, list->count, answers.distances);
    }
    if (s->interval) {
        answers.intervals = memory_alloc(list->count, sizeof *answers.intervals);
        spacetime_intervals(placed, list->pairs, list->count, answers.intervals);
    }
    return answers;
}

static void write_csv(FILE *file, const struct names *names, const struct pair_list *list,
                      const struct answers *answers)
{
    for (size_t i = 0; i < list->count; i++) {
        csv_write_field(file, names->strings[list->pairs[i].source]);
        fputc(',', file);
        csv_write_field(file, names->strings[list->pairs[i].target]);
        fprintf(file, ",%s", relation_names[answers->relations[i]]);
        for (int column = 0; column < 2; column++) {
            const float *values = column ? answers->intervals : answers->distances;
            if (!values)
                continue;
            fputc(',', file);
            csv_write_float(file, values[i]);
        }
        fputc('\n', file);
    }
}

static bool write_npy(struct output *output, const struct pair_list *list,
                      const struct answers *answers, struct error *error)
{
    return npy_write_header(output, DTYPE_U8, 1, &list->count, error) &&
           output_write(output, answers->relations, list->count, error) &&
           (!answers->distances ||
            npy_write_floats(output, 1, &list->count, answers->distances, error)) &&
           (!answers->intervals ||
            npy_write_floats(output, 1, &list->count, answers->intervals, error));
}

static bool write_answers(const char *path, bool npy, const struct names *names,
                          const struct pair_list *list, const struct answers *answers,
                          struct error *error)
{
    struct output output;
    if (!output_open(&output, path, error))
        return false;
    bool good = true;
    if (npy)
        good = write_npy(&output, list, answers, error);
    else
        write_csv(output.file, names, list, answers);
    return output_finish(&output, good, error);
}

static bool write_report(struct report *report, const struct placed_spacetime *placed,
                         const struct settings *s, const struct common_options *common,
                         const struct tally *tally, struct error *error)
{
    report_option_text(report, "input", options_operand(common, 0));
    report_option_text(report, "load", s->load_path);
    report_option_text(report, "features", s->features_path);
    report_option_number(report, "relation_only", s->relation_only);
    report_option_number(report, "interval", s->interval);
    report_metric(report, "exact", spacetime_is_exact(placed));
    report_metric_text(report, "causality", causality_names[placed->order.causality]);
    report_metric_text(report, "order_by", causality_ground_names[placed->order.ground]);
    char *promise = spacetime_promise(placed);
    report_metric_text(report, "promise", promise);
    free(promise);
    report_metric(report, "nodes", (double)placed->order.nodes);
    report_metric(report, "pairs", tally->pairs);
    for (size_t i = 0; i <= RELATION_SAME; i++)
        report_metric(report, relation_names[i], tally->of_relation[i]);
    report_metric(report, "queries_per_second",
                  tally->seconds > 0 ? tally->pairs / tally->seconds : (double)NAN);
    return report_write(report, common->report, error);
}

static void warn_of_doubt(const struct placed_spacetime *placed)
{
    char *promise = spacetime_promise(placed);
    if (!spacetime_is_exact(placed))
        error_warn("%s", promise);
    free(promise);
}

static void check_files(const struct settings *s, const struct common_options *common)
{
    const struct file_use files[] = {{"FILE", options_operand(common, 0), false},
                                     {"--load", s->load_path, false},
                                     {"--features", s->features_path, false}};
    options_check_files(common, files, sizeof files / sizeof *files);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {0};
    options_parse(&program, argc, argv, &common, &s);
    check_files(&s, &common);
    struct error error = {0};
    struct report report;
    struct placed_spacetime placed;
    struct pair_list list = {0};
    struct tally tally = {0};
    bool npy;
    report_begin(&report, &common);
    if (!placed_spacetime_load(&placed, s.load_path, &error) ||
        (s.features_path && !spacetime_add_unseen(&placed, s.features_path, &error)) ||
        !read_pairs(options_operand(&common, 0), &placed.names, &npy, &list, &error))
        error_exit(&error);
    warn_of_doubt(&placed);
    struct answers answers = answer(&placed, &s, &list, &tally);
    npy = common.format == FORMAT_DEFAULT ? npy : common.format == FORMAT_NPY;
    if (!write_answers(common.output, npy, &placed.names, &list, &answers, &error) ||
        !write_report(&report, &placed, &s, &common, &tally, &error))
        error_exit(&error);
    free(answers.relations);
    free(answers.distances);
    free(answers.intervals);
    free(list.pairs);
    report_free(&report);
    placed_spacetime_free(&placed);
    return EX_OK;
}
