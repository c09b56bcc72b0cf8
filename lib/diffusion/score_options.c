#include "diffusion/score_options.h"

#include "base/memory.h"
#include "base/options.h"

#include <stdlib.h>

enum { KEY_DATA = 0x5000, KEY_LABELS, KEY_LABEL_COLUMN, KEY_SIGMA, KEY_PERTURBATIONS,
       KEY_NEIGHBORS, KEY_RANDOM, KEY_INDEX, KEY_LISTS, KEY_PROBES };

enum { MOST_PERTURBATIONS = 4096, DEFAULT_PROBES = 16 };

static const char *const index_names[] = {"brute", "ivf", NULL};

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "Data:", 1},
    {"data", KEY_DATA, "FILE", 0,
     "The training rows: NPY, IDX, CSV, ...; uint8 numbers are "
     "pixels, 0 .. 255 become -1 .. 1",
     0},
    {"labels", KEY_LABELS, "FILE", 0, "The class of each row", 0},
    {"label-column", KEY_LABEL_COLUMN, "COLUMN", 0, "The column of a table that has the classes",
     0},
    {0, 0, 0, 0, "Score:", 2},
    {"sigma", KEY_SIGMA, "S", 0,
     "Smoothing: deviation of the perturbations (default 0, the exact "
     "score, whose samples are training rows)",
     0},
    {"perturbations", KEY_PERTURBATIONS, "M", 0, "Perturbations of a sample (default 8)", 0},
    {"neighbors", KEY_NEIGHBORS, "K", 0,
     "Estimate the score by the K nearest rows (default: all "
     "rows, exactly)",
     0},
    {"random", KEY_RANDOM, "L", 0,
     "With --neighbors: and by L rows drawn at random that stand for "
     "the others (default K)",
     0},
    {"index", KEY_INDEX, "KIND", 0,
     "How neighbours are found: brute, exactly, or ivf, among the "
     "lists of an inverted index (default brute)",
     0},
    {"lists", KEY_LISTS, "N", 0, "Lists of the index (default: the root of the rows)", 0},
    {"probes", KEY_PROBES, "N", 0, "Lists that a search looks at (default 16)", 0},
    {0}};

static void check(const struct score_settings *settings, struct argp_state *state)
{
    if (settings->labels && settings->label_column)
        argp_error(state, "--labels and --label-column exclude each other");
    if (!settings->neighbours && (settings->random != SIZE_MAX || settings->index >= 0))
        argp_error(state, "--random and --index are of --neighbors, which is missing");
    if (settings->perturbations && !settings->sigma_given)
        argp_error(state, "--perturbations are of --sigma, which is missing");
    if (settings->index != NEIGHBOUR_IVF && (settings->lists || settings->probes))
        argp_error(state, "--lists and --probes are of --index ivf");
}

static int parse(int key, char *argument, struct argp_state *state)
{
    struct score_settings *settings = state->input;
    settings->given |= key >= KEY_DATA && key <= KEY_PROBES;
    switch (key) {
    case KEY_DATA: settings->data = argument; return 0;
    case KEY_LABELS: settings->labels = argument; return 0;
    case KEY_LABEL_COLUMN: settings->label_column = argument; return 0;
    case KEY_SIGMA:
        settings->sigma = options_real(state, "sigma", argument, 0, 1e6);
        settings->sigma_given = true;
        return 0;
    case KEY_PERTURBATIONS:
        settings->perturbations =
            options_integer(state, "perturbations", argument, 1, MOST_PERTURBATIONS);
        return 0;
    case KEY_NEIGHBORS:
        settings->neighbours = options_integer(state, "neighbors", argument, 1, UINT32_MAX - 1);
        return 0;
    case KEY_RANDOM:
        settings->random = options_integer(state, "random", argument, 0, UINT32_MAX - 1);
        return 0;
    case KEY_INDEX:
        settings->index = options_choice(state, "index", argument, index_names);
        return 0;
    case KEY_LISTS:
        settings->lists = options_integer(state, "lists", argument, 1, 1 << 20);
        return 0;
    case KEY_PROBES:
        settings->probes = options_integer(state, "probes", argument, 1, 1 << 20);
        return 0;
    case ARGP_KEY_END: check(settings, state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp score_argp = {.options = option_table, .parser = parse};

struct score_settings score_settings_default(void)
{
    return (struct score_settings){.random = SIZE_MAX, .index = -1};
}

/* An exact score has one, which is no perturbation. */
static size_t perturbations_of(const struct score_settings *settings)
{
    return settings->sigma == 0 ? 1 : settings->perturbations ? settings->perturbations : 8;
}

static struct neighbour_options options_of(const struct score_settings *settings, uint64_t seed)
{
    return (struct neighbour_options){
        .score = {.sigma = settings->sigma, .seed = seed,
                  .perturbations = perturbations_of(settings)},
        .neighbours = settings->neighbours,
        .random = settings->random == SIZE_MAX ? settings->neighbours : settings->random,
        .index = settings->index == NEIGHBOUR_IVF ? NEIGHBOUR_IVF : NEIGHBOUR_BRUTE,
        .lists = settings->lists,
        .probes = settings->probes ? settings->probes : DEFAULT_PROBES};
}

/* The noise has deviation 1: data of quite another scale would be resolved at once, or never. */
static void fit_scale(const struct score_settings *settings, struct score_model *model)
{
    real *means = memory_alloc(model->data.columns, sizeof *means);
    double scale = data_set_scale(&model->data, means);
    model->scale = 1;
    if (settings->standardize && scale > 0) {
        model->means = means;
        model->scale = scale;
        score_model_to_score(model, model->data.values, model->data.rows);
        return;
    }
    free(means);
    if (scale > 0 && !(scale > 0.05 && scale < 20))
        error_warn("the data deviate by %g from their mean, the noise by 1; --standardize would "
                   "bring them together", scale);
}

bool score_model_open(const struct score_settings *settings, uint64_t seed,
                      struct score_model *model, struct error *error)
{
    const struct data_set_options reading = {.label_column = settings->label_column};
    *model = (struct score_model){0};
    if (!data_set_read(settings->data, &reading, &model->data, error))
        return false;
    if (settings->labels && !data_set_read_labels(&model->data, settings->labels, error)) {
        data_set_free(&model->data);
        return false;
    }
    if (settings->neighbours > model->data.rows) {
        error_set(error, EX_DATAERR, "%s: %zu rows; expected at least %zu for as many --neighbors",
                  settings->data, model->data.rows, settings->neighbours);
        data_set_free(&model->data);
        return false;
    }
    fit_scale(settings, model);
    model->points = point_set_take(&model->data);
    const struct neighbour_options options = options_of(settings, seed);
    model->denoiser = settings->neighbours ? neighbour_denoiser(&model->points, &options)
                                           : closed_form_denoiser(&model->points, &options.score);
    return true;
}

void score_model_free(struct score_model *model)
{
    denoiser_release(&model->denoiser);
    point_set_free(&model->points);
    data_set_free(&model->data);
    free(model->means);
}

void score_model_to_score(const struct score_model *model, real *values, size_t rows)
{
    size_t columns = model->data.columns;
    for (size_t i = 0; model->means && i < rows * columns; i++)
        values[i] = (values[i] - model->means[i % columns]) / (real)model->scale;
}

void score_model_to_data(const struct score_model *model, real *values, size_t rows)
{
    size_t columns = model->data.columns;
    for (size_t i = 0; model->means && i < rows * columns; i++)
        values[i] = values[i] * (real)model->scale + model->means[i % columns];
}

size_t score_model_batch(const struct score_model *model, const struct score_settings *settings,
                         size_t bytes)
{
    const struct neighbour_options options = options_of(settings, 0);
    return settings->neighbours ? neighbour_batch(&model->points, &options, bytes)
                                : closed_form_batch(&model->points, &options.score, bytes);
}

void score_report_options(const struct score_settings *settings, struct report *report)
{
    report_option_text(report, "data", settings->data);
    report_option_text(report, "labels", settings->labels);
    report_option_text(report, "label_column", settings->label_column);
    report_option_number(report, "standardize", settings->standardize);
    report_option_number(report, "sigma", settings->sigma);
    report_option_number(report, "perturbations", (double)perturbations_of(settings));
    if (!settings->neighbours)
        return;
    const struct neighbour_options options = options_of(settings, 0);
    report_option_number(report, "neighbors", (double)options.neighbours);
    report_option_number(report, "random", (double)options.random);
    report_option_text(report, "index", index_names[options.index]);
    if (options.index == NEIGHBOUR_IVF) {
        report_option_number(report, "lists", (double)options.lists);
        report_option_number(report, "probes", (double)options.probes);
    }
}
