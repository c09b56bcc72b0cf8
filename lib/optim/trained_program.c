#include "optim/trained_program.h"

enum { KEY_MODEL = 0x3100 };

static const struct argp_option option_table[] = {
    {"model", KEY_MODEL, "FILE", 0, "Write the model (safetensors)", 0}, {0}};

static const struct argp_child children[] = {{&training_argp, 0, NULL, 0}, {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct trained_program *trained = state->input;
    switch (key) {
    case KEY_MODEL: trained->model_path = argument; return 0;
    case ARGP_KEY_INIT: state->child_inputs[0] = trained->training; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp trained_argp = {
    .options = option_table, .parser = parse, .children = children};

bool trained_program_begin(struct trained_program *trained, const struct common_options *common,
                           struct error *error)
{
    report_begin(&trained->report, common);
    report_option_text(&trained->report, "input", options_operand(common, 0));
    training_report_options(trained->training, &trained->report);
    trained->training->log = &trained->log;
    return report_log_open(&trained->log, common->log, error);
}

bool trained_program_end(struct trained_program *trained, struct error *error)
{
    report_free(&trained->report);
    return report_log_close(&trained->log, error);
}

int trained_program_exit_code(const struct trained_program *trained)
{
    return trained->training->interrupted ? EXIT_INTERRUPTED : EX_OK;
}
