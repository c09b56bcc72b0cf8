#include "diffusion/network_settings.h"

#include "diffusion/training_rows.h"

enum {
    KEY_NETWORK = 0x5100, KEY_WIDTH, KEY_LEVELS, KEY_BLOCKS, KEY_SHAPE, KEY_BATCH, KEY_HOLDOUT
};

static const struct argp_option option_table[] = {
    {"network", KEY_NETWORK, "NAME", 0, "mlp for vectors, or unet for images (default: unet for "
     "records of H x W or H x W x C numbers, from 8 x 8 on)", 0},
    {"width", KEY_WIDTH, "N", 0, "Width of the network: an even number (default 32 channels at the "
     "first level of a unet, twice as many below; 256 for mlp)", 0},
    {"levels", KEY_LEVELS, "N", 0, "Levels of a unet, each of half the size (default 3, fewer for "
     "images below 16 x 16)", 0},
    {"blocks", KEY_BLOCKS, "N", 0, "Residual blocks, of each level of a unet or of an mlp (default "
     "1; 4 for mlp)", 0},
    {"shape", KEY_SHAPE, "SHAPE", 0, "Take each record as an array of this shape, such as 28x28 or "
     "32x32x3", 0},
    {"batch", KEY_BATCH, "N", 0, "Rows in a step (default 64; 256 for mlp)", 0},
    {"holdout", KEY_HOLDOUT, "SHARE", 0, "Share of the rows that is held out, and decides when "
     "training was best (default 0.1, but at most 512 rows; none of fewer than 20)", 0},
    {0}};

struct network_settings network_settings_default(void)
{
    return (struct network_settings){.kind = -1, .holdout = -1};
}

static int parse(int key, char *argument, struct argp_state *state)
{
    struct network_settings *s = state->input;
    switch (key) {
    case KEY_NETWORK:
        s->kind = options_choice(state, "network", argument, network_kind_names);
        break;
    case KEY_WIDTH:
        s->width = options_integer(state, "width", argument, 2, NETWORK_MOST_WIDTH);
        if (s->width % 2 != 0)
            argp_error(state, "--width=%s is odd; expected an even number", argument);
        break;
    case KEY_LEVELS:
        s->levels = options_integer(state, "levels", argument, 1, UNET_MOST_LEVELS);
        break;
    case KEY_BLOCKS:
        s->blocks = options_integer(state, "blocks", argument, 1, RESIDUAL_MLP_MOST_BLOCKS);
        break;
    case KEY_SHAPE:
        if (!record_shape_parse(argument, &s->shape))
            argp_error(state, "--shape=%s is not a shape such as 28x28", argument);
        return 0;
    case KEY_BATCH: s->batch = options_integer(state, "batch", argument, 1, 1u << 20); break;
    case KEY_HOLDOUT: s->holdout = options_real(state, "holdout", argument, 0, 0.9); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    s->given = true;
    return 0;
}

const struct argp network_argp = {.options = option_table, .parser = parse};

/* The network that suits the data, with what was asked for in its place. */
static bool choose_network(const struct network_settings *s, const struct data_set *data,
                           struct network_options *options, struct error *error)
{
    *options = network_options_for(&data->shape);
    if (s->kind >= 0 &&
        !network_options_choose(options, (enum network_kind)s->kind, &data->shape))
        return error_set(error, EX_USAGE, "--network=unet needs records of H x W or H x W x C "
                                          "numbers; see --shape");
    if (s->levels && options->kind == NETWORK_MLP)
        return error_set(error, EX_USAGE, "--levels goes with --network=unet only");
    if (s->blocks > UNET_MOST_BLOCKS && options->kind == NETWORK_UNET)
        return error_set(error, EX_USAGE, "--blocks=%zu; expected at most %d of a unet", s->blocks,
                         UNET_MOST_BLOCKS);
    options->width = s->width ? s->width : options->width;
    options->levels = s->levels ? s->levels : options->levels;
    options->blocks = s->blocks ? s->blocks : options->blocks;
    return true;
}

bool network_settings_settle(struct network_settings *s, struct data_set *data,
                             struct network_options *options, struct error *error)
{
    if (s->shape.dimensions > 0) {
        if (record_shape_count(&s->shape) != data->columns)
            return error_set(error, EX_USAGE, "--shape has %zu numbers; the records have %zu",
                             record_shape_count(&s->shape), data->columns);
        data->shape = s->shape;
    }
    if (!choose_network(s, data, options, error))
        return false;
    s->held_out = s->holdout < 0 ? training_rows_held_out_of(data->rows)
                                 : (size_t)(s->holdout * (double)data->rows + 0.5);
    if (s->held_out == data->rows) /* the one row there is */
        s->held_out = 0;
    s->holdout = (double)s->held_out / (double)data->rows;
    if (s->batch == 0)
        s->batch = options->kind == NETWORK_UNET ? 64 : 256;
    return true;
}

void network_settings_report(const struct network_settings *s,
                             const struct network_options *options, struct report *report)
{
    report_option_text(report, "network", network_kind_names[options->kind]);
    report_option_number(report, "width", (double)options->width);
    if (options->kind == NETWORK_UNET)
        report_option_number(report, "levels", (double)options->levels);
    report_option_number(report, "blocks", (double)options->blocks);
    report_option_number(report, "batch", (double)s->batch);
    report_option_number(report, "holdout", s->holdout);
}
