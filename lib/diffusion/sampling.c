#include "diffusion/sampling.h"

#include "base/memory.h"
#include "base/options.h"
#include "diffusion/denoiser_protocol.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_DENOISER = 0x5100, KEY_SHAPE, KEY_TIMEOUT, KEY_COUNT, KEY_STEPS, KEY_METHOD, KEY_START,
       KEY_BATCH, KEY_GUIDE, KEY_OBSERVED, KEY_DECODER, KEY_STANDARDIZE };

enum { MOST_BATCH = 128, BATCH_BYTES = 320 << 20, MOST_CLASS = INT32_MAX - 1 };

static const char *const method_names[] = {"euler", "heun", NULL};

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "Another denoiser:", 5},
    {"denoiser", KEY_DENOISER, "COMMAND", 0, "Ask this process, by tesserae-denoiser(5), instead "
     "of the score of --data", 0},
    {"shape", KEY_SHAPE, "SHAPE", 0, "The shape of its records, as in 28x28", 0},
    {"timeout", KEY_TIMEOUT, "SECONDS", 0, "How long it may say nothing; 0: for ever (default 300)",
     0},
    {0, 0, 0, 0, "Flow:", 6},
    {"standardize", KEY_STANDARDIZE, 0, 0, "Take columns of --data less their means, and all by "
     "their deviation; samples are scaled back", 0},
    {"count", KEY_COUNT, "N", 0, "Samples to draw (default 16)", 0},
    {"steps", KEY_STEPS, "S", 0, "Steps of the flow (default 100)", 0},
    {"method", KEY_METHOD, "NAME", 0, "euler, or heun, which asks twice a step (default euler)", 0},
    {"start", KEY_START, "T", 0, "Time at which the flow starts; before it, the data are taken for "
     "Gaussian (default 0, pure noise)", 0},
    {"batch", KEY_BATCH, "N", 0, "Samples that go together (default: up to 128, in 320 MiB)", 0},
    {"guide", KEY_GUIDE, "CLASSES", 0, "Draw of these classes, separated by commas, as many of "
     "each; all: of every class", 0},
    {"observed", KEY_OBSERVED, "FILE", 0, "Numbers that are known of one record, or of each "
     "sample; NaN and empty cells are to be filled in", 0},
    {"decoder", KEY_DECODER, "MODEL", 0, "Take samples for codes of this model of score-encode, "
     "and write what they stand for", 0},
    {0}};

static void check(const struct sampling_settings *s, struct argp_state *state)
{
    if (!s->denoiser && !s->score.data)
        argp_error(state, "--data is missing, or --denoiser");
    if (s->denoiser && s->score.given)
        argp_error(state, "--denoiser takes the place of --data and its options");
    if (s->denoiser && s->shape.dimensions == 0)
        argp_error(state, "--denoiser needs the --shape of its records");
    if (!s->denoiser && (s->shape.dimensions > 0 || s->timeout >= 0))
        argp_error(state, "--shape and --timeout are of --denoiser");
    if (s->guide && !s->denoiser && !s->score.labels && !s->score.label_column)
        argp_error(state, "--guide needs --labels or --label-column");
}

static int parse(int key, char *argument, struct argp_state *state)
{
    struct sampling_settings *s = state->input;
    switch (key) {
    case KEY_DENOISER: s->denoiser = argument; return 0;
    case KEY_SHAPE:
        if (!record_shape_parse(argument, &s->shape))
            argp_error(state, "--shape: '%s' is not a shape; expected one as 28x28", argument);
        return 0;
    case KEY_TIMEOUT: s->timeout = options_real(state, "timeout", argument, 0, 1e6); return 0;
    case KEY_COUNT: s->count = options_integer(state, "count", argument, 1, UINT32_MAX); return 0;
    case KEY_STEPS: s->flow.steps = options_integer(state, "steps", argument, 1, 1000000); return 0;
    case KEY_METHOD:
        s->flow.method = (enum flow_method)options_choice(state, "method", argument, method_names);
        return 0;
    case KEY_START: s->flow.start = options_real(state, "start", argument, 0, 0.99); return 0;
    case KEY_BATCH: s->batch = options_integer(state, "batch", argument, 1, 1 << 20); return 0;
    case KEY_GUIDE: s->guide = argument; return 0;
    case KEY_OBSERVED: s->observed = argument; return 0;
    case KEY_DECODER: s->decoder = argument; return 0;
    case KEY_STANDARDIZE:
        s->score.standardize = s->score.given = true;
        return 0;
    case ARGP_KEY_INIT: state->child_inputs[0] = &s->score; return 0;
    case ARGP_KEY_END: check(s, state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&score_argp, 0, NULL, 1}, {0}};
const struct argp sampling_argp = {.options = option_table, .parser = parse, .children = children};

struct sampling_settings sampling_settings_default(void)
{
    return (struct sampling_settings){.score = score_settings_default(), .flow.steps = 100,
                                      .count = 16, .timeout = -1};
}

/* --- classes --- */

/* The class of a name: of a data set by its labels, of a process by its number. */
static bool find_class(const struct sampling_settings *s, const struct sampling *sampling,
                       const char *name, uint32_t *found, struct error *error)
{
    char *end;
    if (!s->denoiser) {
        *found = data_set_class(&sampling->model.data, name);
        return *found != UINT32_MAX ||
               error_set(error, EX_DATAERR, "--guide: no class '%.64s' among the labels", name);
    }
    unsigned long number = strtoul(name, &end, 10);
    *found = (uint32_t)number;
    return (*name >= '0' && *name <= '9' && !*end && number <= MOST_CLASS) ||
           error_set(error, EX_DATAERR, "--guide: '%.64s' is not the number of a class, which "
                     "--denoiser wants", name);
}

/* The same number of each class that is named, one class after the other. */
static bool choose_classes(const struct sampling_settings *s, struct sampling *sampling,
                           struct error *error)
{
    char *list = memory_copy_string(s->guide);
    size_t classes = sampling->model.data.classes, count = 0;
    uint32_t *named = memory_alloc(strlen(list) + classes + 1, sizeof *named);
    bool all = strcmp(list, "all") == 0 && !s->denoiser, good = true;
    for (; all && count < classes; count++)
        named[count] = (uint32_t)count;
    for (char *rest = all ? NULL : list, *name; good && (name = strsep(&rest, ",")) != NULL;)
        good = find_class(s, sampling, name, &named[count++], error);
    if (good) {
        sampling->labels = memory_alloc(s->count, sizeof *sampling->labels);
        for (size_t i = 0; i < s->count; i++)
            sampling->labels[i] = named[i * count / s->count];
    }
    free(named);
    free(list);
    return good;
}

/* --- what is observed --- */

/* Puts it into the scale of the score. */
static bool read_observed(const struct sampling_settings *s, struct sampling *sampling,
                          struct error *error)
{
    const struct data_set_options reading = {.allow_missing = true};
    struct data_set *observed = &sampling->observed;
    size_t columns = record_shape_count(&sampling->shape);
    if (!data_set_read(s->observed, &reading, observed, error))
        return false;
    bool one = observed->rows * observed->columns == columns; /* of its shape, with no row for it */
    if (one) {
        observed->columns = columns;
        observed->rows = 1;
    }
    if (!data_set_check_columns(observed, columns, s->observed, error))
        return false;
    if (observed->rows != 1 && observed->rows != s->count)
        return error_set(error, EX_DATAERR, "%s: %zu records; expected 1, or %zu as there are "
                         "samples", s->observed, observed->rows, s->count);
    score_model_to_score(&sampling->model, observed->values, observed->rows);
    return true;
}

/* --- the whole --- */

static bool open_denoiser(const struct sampling_settings *s, uint64_t seed,
                          struct sampling *sampling, struct error *error)
{
    if (!s->denoiser) {
        if (!score_model_open(&s->score, seed, &sampling->model, error))
            return false;
        sampling->shape = sampling->model.data.shape;
        sampling->sampler.denoiser = &sampling->model.denoiser;
        return true;
    }
    const struct process_denoiser_options options = {
        .command = s->denoiser, .shape = s->shape, .timeout = s->timeout < 0 ? 300 : s->timeout};
    sampling->shape = s->shape;
    sampling->sampler.denoiser = &sampling->process;
    return process_denoiser_open(&sampling->process, &options, error);
}

static bool open_decoder(const struct sampling_settings *s, struct sampling *sampling,
                         struct error *error)
{
    size_t columns = record_shape_count(&sampling->shape), latent;
    sampling->written = sampling->shape;
    if (!s->decoder)
        return true;
    if (!autoencoder_load(&sampling->decoder, s->decoder, error))
        return false;
    sampling->decodes = true;
    sampling->written = sampling->decoder.shape;
    latent = sampling->decoder.options.latent;
    return latent == columns ||
           error_set(error, EX_DATAERR, "%s: decodes codes of %zu numbers; expected the %zu that "
                     "are drawn", s->decoder, latent, columns);
}

/* A denoiser that tells nothing of t = 0 is asked from where it does. */
static bool choose_start(const struct sampling_settings *s, struct sampling *sampling,
                         struct error *error)
{
    struct flow *flow = &sampling->sampler.flow;
    flow->start = fmax(flow->start, sampling->sampler.denoiser->least_time);
    if (flow->start == 0 || s->denoiser)
        return true;
    sampling->sampler.start = &sampling->start;
    return gaussian_start_make(&sampling->start, &sampling->model.points, flow->start, error);
}

bool sampling_open(const struct sampling_settings *s, uint64_t seed, bool show_progress,
                   struct sampling *sampling, struct error *error)
{
    *sampling = (struct sampling){.model.scale = 1};
    struct sampler *sampler = &sampling->sampler;
    sampler->flow = s->flow;
    sampler->flow.seed = seed;
    sampler->count = s->count;
    sampler->show_progress = show_progress;
    if (!open_denoiser(s, seed, sampling, error) || !open_decoder(s, sampling, error) ||
        (s->guide && !choose_classes(s, sampling, error)) ||
        (s->observed && !read_observed(s, sampling, error)) || !choose_start(s, sampling, error))
        return false;
    size_t most = s->denoiser ? MOST_BATCH
                              : score_model_batch(&sampling->model, &s->score, BATCH_BYTES);
    sampler->batch = s->batch ? s->batch : most < MOST_BATCH ? most : MOST_BATCH;
    sampler->labels = sampling->labels;
    sampler->observed = sampling->observed.values;
    sampler->observed_rows = sampling->observed.rows;
    return true;
}

const real *sampling_to_data(struct sampling *sampling, real *samples, size_t count)
{
    score_model_to_data(&sampling->model, samples, count);
    if (!sampling->decodes)
        return samples;
    if (!sampling->decoded)
        sampling->decoded = memory_alloc(sampling->sampler.batch,
                                         record_shape_count(&sampling->written) * sizeof(real));
    autoencoder_decode(&sampling->decoder, samples, count, sampling->decoded);
    return sampling->decoded;
}

void sampling_close(struct sampling *sampling)
{
    if (sampling->decodes)
        autoencoder_free(&sampling->decoder);
    free(sampling->decoded);
    score_model_free(&sampling->model);
    denoiser_release(&sampling->process);
    data_set_free(&sampling->observed);
    gaussian_start_free(&sampling->start);
    free(sampling->labels);
}

void sampling_report_options(const struct sampling_settings *s, const struct sampling *sampling,
                             struct report *report)
{
    if (s->denoiser) {
        report_option_text(report, "denoiser", s->denoiser);
    } else {
        score_report_options(&s->score, report);
    }
    report_option_number(report, "count", (double)s->count);
    report_option_number(report, "steps", (double)s->flow.steps);
    report_option_text(report, "method", method_names[s->flow.method]);
    report_option_number(report, "start", sampling->sampler.flow.start);
    report_option_number(report, "batch", (double)sampling->sampler.batch);
    report_option_text(report, "guide", s->guide);
    report_option_text(report, "observed", s->observed);
    report_option_text(report, "decoder", s->decoder);
}
