#include "diffusion/denoiser_options.h"

#include "base/memory.h"
#include "optim/training_options.h"

enum { KEY_NOISE = 0x5000, KEY_LOSS, KEY_AVERAGE, KEY_LABELS, KEY_LABEL, KEY_DROPOUT };

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "Classes:", 2},
    {"labels", KEY_LABELS, "FILE", 0, "Train for the classes in FILE, one for each row", 0},
    {"label-column", KEY_LABEL, "COLUMN", 0, "Train for the classes in a column of the table", 0},
    {"label-dropout", KEY_DROPOUT, "P", 0,
     "How often a class is withheld in training, for guidance "
     "(default 0.1)",
     0},
    {0, 0, 0, 0, "Noise and loss:", 3},
    {"noise", KEY_NOISE, "NAME", 0,
     "Which levels of noise are seen how often: flow, cosine or "
     "linear (default flow)",
     0},
    {"loss", KEY_LOSS, "NAME", 0,
     "velocity: all levels count alike; noise: the squared error of "
     "the noise (default velocity)",
     0},
    {"average", KEY_AVERAGE, "DECAY", 0,
     "Keep the moving average of the parameters with this decay "
     "(default 0.999; 0: the last parameters)",
     0},
    {0}};

struct denoiser_settings denoiser_settings_default(void)
{
    struct denoiser_settings s = {.network = network_settings_default(),
                                  .fit = {.label_dropout = 0.1, .average_decay = 0.999}};
    s.fit.training = training_defaults(2000, 1e-3);
    s.fit.training.clip = 1;
    return s;
}

static int parse(int key, char *argument, struct argp_state *state)
{
    struct denoiser_settings *s = state->input;
    switch (key) {
    case KEY_LABELS: s->labels_path = argument; return 0;
    case KEY_LABEL: s->label_column = argument; return 0;
    case KEY_DROPOUT:
        s->fit.label_dropout = options_real(state, "label-dropout", argument, 0, 1);
        return 0;
    case KEY_NOISE:
        s->fit.schedule = (enum noise_schedule)options_choice(state, "noise", argument,
                                                              noise_schedule_names);
        return 0;
    case KEY_LOSS:
        s->fit.loss = (enum denoiser_loss)options_choice(state, "loss", argument,
                                                         denoiser_loss_names);
        return 0;
    case KEY_AVERAGE:
        s->fit.average_decay = options_real(state, "average", argument, 0, 1);
        return 0;
    case ARGP_KEY_INIT: state->child_inputs[0] = &s->network; return 0;
    case ARGP_KEY_END:
        if (s->labels_path && s->label_column)
            argp_error(state, "--labels and --label-column exclude each other");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&network_argp, 0, "Network and data:", 1}, {0}};

const struct argp denoiser_argp = {
    .options = option_table, .parser = parse, .children = children};

bool denoiser_settle(struct denoiser_settings *s, struct data_set *data, uint64_t seed,
                     struct neural_denoiser *model, struct error *error)
{
    struct network_options options;
    struct denoiser_fit *fit = &s->fit;
    if (!network_settings_settle(&s->network, data, &options, error))
        return false;
    options.classes = data->classes;
    neural_denoiser_make(model, &options, &data->shape);
    if (data->classes) {
        model->class_names = memory_alloc(data->classes, sizeof *model->class_names);
        for (size_t i = 0; i < data->classes; i++)
            model->class_names[i] = memory_copy_string(data->class_names[i]);
    }
    fit->model = model;
    fit->data = data;
    fit->seed = seed;
    fit->batch = s->network.batch;
    fit->held_out = s->network.held_out;
    return true;
}

void denoiser_report_options(const struct denoiser_settings *s, struct report *report)
{
    const struct denoiser_fit *fit = &s->fit;
    network_settings_report(&s->network, &fit->model->network.options, report);
    report_option_text(report, "labels", s->labels_path);
    report_option_text(report, "label_column", s->label_column);
    report_option_number(report, "label_dropout", fit->label_dropout);
    report_option_text(report, "noise", noise_schedule_names[fit->schedule]);
    report_option_text(report, "loss", denoiser_loss_names[fit->loss]);
    report_option_number(report, "average", fit->average_decay);
}
