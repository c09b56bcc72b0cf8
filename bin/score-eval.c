/*
 * score-eval: how good samples are, by held-out data, and how new, by the data they were drawn
 * of.
 */
#include "base/error.h"
#include "base/options.h"
#include "base/report.h"
#include "diffusion/data_set.h"
#include "diffusion/sample_quality.h"
#include "io/figures.h"
#include "io/stream.h"

#include <stdlib.h>

enum { KEY_REFERENCE = 0x2000, KEY_TRAIN, KEY_NEIGHBORS, KEY_BANDWIDTH };

struct settings {
    const char *reference, *train;
    size_t neighbours;
    double bandwidth; /* 0: the median of distances in the reference */
};

static const struct argp_option option_table[] = {
    {"reference", KEY_REFERENCE, "FILE", 0, "Records that the samples should be like, held out "
     "from what they were drawn of", 1},
    {"train", KEY_TRAIN, "FILE", 0, "What they were drawn of: tells copies from new samples", 1},
    {"neighbors", KEY_NEIGHBORS, "K", 0, "Neighbours that make a record's ball (default 5)", 1},
    {"bandwidth", KEY_BANDWIDTH, "H", 0, "Of the RBF kernel (default: the median distance in the "
     "reference)", 1},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_REFERENCE: s->reference = argument; return 0;
    case KEY_TRAIN: s->train = argument; return 0;
    case KEY_NEIGHBORS:
        s->neighbours = options_integer(state, "neighbors", argument, 1, 1 << 20);
        return 0;
    case KEY_BANDWIDTH:
        s->bandwidth = options_real(state, "bandwidth", argument, 1e-30, 1e30);
        return 0;
    case ARGP_KEY_END:
        if (!s->reference)
            argp_error(state, "--reference is missing");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct program program = {
    .name = "score-eval",
    .operands = "[FILE]",
    .summary = "Judge samples by a reference: kernel distances, precision, recall, density and "
               "coverage; and by training data, how new they are. Writes a table metric,value.",
    .options = option_table,
    .parse = parse,
    .common = OPTION_OUTPUT | OPTION_FORMAT_CSV_JSON | OPTION_THREADS | OPTION_REPORT,
    .most_operands = 1};

static struct sample_rows rows_of(const struct data_set *data)
{
    return (struct sample_rows){data->values, data->rows, data->columns};
}

/* Reads records of as many numbers as the samples have, and at least so many of them. */
static bool read_records(const char *path, size_t columns, size_t least, const char *why,
                         struct data_set *data, struct error *error)
{
    const struct data_set_options options = {0};
    if (!data_set_read(path, &options, data, error) ||
        (columns && !data_set_check_columns(data, columns, path, error)))
        return false;
    return data->rows >= least || error_set(error, EX_DATAERR, "%s: %zu records; expected at least "
                                            "%zu%s", stream_path_name(path), data->rows, least,
                                            why);
}

static void judge(const struct settings *s, const struct data_set *samples,
                  const struct data_set *reference, const struct data_set *train,
                  struct figures *metrics)
{
    struct sample_rows x = rows_of(samples), y = rows_of(reference), z = rows_of(train);
    double bandwidth = s->bandwidth > 0 ? s->bandwidth : kernel_bandwidth(&y);
    struct manifold_quality manifold = manifold_quality(&x, &y, s->neighbours);
    figures_add(metrics, "kernel_distance", kernel_distance_polynomial(&x, &y));
    figures_add(metrics, "rbf_kernel_distance", kernel_distance_rbf(&x, &y, bandwidth));
    figures_add(metrics, "rbf_bandwidth", bandwidth);
    figures_add(metrics, "precision", manifold.precision);
    figures_add(metrics, "recall", manifold.recall);
    figures_add(metrics, "density", manifold.density);
    figures_add(metrics, "coverage", manifold.coverage);
    if (!s->train)
        return;
    struct novelty new = novelty(&x, &y, &z);
    figures_add(metrics, "nearest_training_distance", new.nearest_distance);
    figures_add(metrics, "reference_training_distance", new.reference_distance);
    figures_add(metrics, "nearest_training_ratio", new.ratio);
    figures_add(metrics, "memorised_share", new.memorised);
}

static bool write_report(const struct settings *s, const struct common_options *common,
                         const struct figures *metrics, size_t samples, struct report *report,
                         struct error *error)
{
    report_option_text(report, "input", options_operand(common, 0));
    report_option_text(report, "reference", s->reference);
    report_option_text(report, "train", s->train);
    report_option_number(report, "neighbors", (double)s->neighbours);
    report_metric(report, "samples", (double)samples);
    figures_report(metrics, report);
    return report_write(report, common->report, error);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {.neighbours = 5};
    struct error error = {0};
    struct report report;
    struct data_set samples, reference, train = {0};
    struct figures metrics = {0};
    options_parse(&program, argc, argv, &common, &s);
    const char *input = options_operand(&common, 0);
    const struct file_use files[] = {{"FILE", input, false},
                                     {"--reference", s.reference, false},
                                     {"--train", s.train, false}};
    options_check_files(&common, files, sizeof files / sizeof *files);
    size_t least = s.neighbours + 1;
    const char *why = ", one more than --neighbors";
    report_begin(&report, &common);
    if (!read_records(input, 0, least, why, &samples, &error) ||
        !read_records(s.reference, samples.columns, least, why, &reference, &error) ||
        (s.train && !read_records(s.train, samples.columns, 2, "", &train, &error)))
        error_exit(&error);
    judge(&s, &samples, &reference, &train, &metrics);
    if (!figures_write(&metrics, &common, &error) ||
        !write_report(&s, &common, &metrics, samples.rows, &report, &error))
        error_exit(&error);
    report_free(&report);
    data_set_free(&samples);
    data_set_free(&reference);
    data_set_free(&train);
    return EX_OK;
}
