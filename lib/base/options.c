#include "base/options.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/progress.h"
#include "base/report.h"
#include "base/signals.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_USAGE = 0x1000, KEY_SEED, KEY_THREADS, KEY_REPORT, KEY_LOG, KEY_CHECKPOINT, KEY_RESUME };
enum { COMMON_GROUP = 100 };

static const struct {
    unsigned need; /* 0: every program has it */
    struct argp_option option;
} common_table[] = {
    {OPTION_OUTPUT, {"output", 'o', "FILE", 0, "Write to FILE instead of standard output", 0}},
    {OPTION_FORMAT, {"format", 'f', "FORMAT", 0, "Output format: csv, npy or json", 0}},
    {OPTION_FORMAT_CSV_NPY, {"format", 'f', "FORMAT", 0, "Output format: csv or npy", 0}},
    {OPTION_FORMAT_CSV_JSON, {"format", 'f', "FORMAT", 0, "Output format: csv or json", 0}},
    {OPTION_FORMAT_ANY,
     {"format", 'f', "FORMAT", 0, "Output format: csv, npy, json, npz, idx or png", 0}},
    {OPTION_SEED, {"seed", KEY_SEED, "N", 0, "Seed of all random numbers (default 0)", 0}},
    {OPTION_THREADS,
     {"threads", KEY_THREADS, "N", 0, "Threads (default: OMP_NUM_THREADS, or every processor)", 0}},
    {OPTION_REPORT,
     {"report", KEY_REPORT, "FILE", 0, "Write configuration, metrics and times as JSON", 0}},
    {OPTION_LOG, {"log", KEY_LOG, "FILE", 0, "Write one line of JSON per evaluation", 0}},
    {OPTION_CHECKPOINT,
     {"checkpoint", KEY_CHECKPOINT, "FILE", 0, "Save the state of training in FILE", 0}},
    {OPTION_CHECKPOINT, {"resume", KEY_RESUME, 0, 0, "Go on from the state in --checkpoint", 0}},
    {OPTION_VERBOSE, {"verbose", 'v', 0, 0, "Say more on standard error", 0}},
    {0, {"quiet", 'q', 0, 0, "No progress and no warnings on standard error", 0}},
    {0, {"help", 'h', 0, 0, "Print this help", 0}},
    {0, {"usage", KEY_USAGE, 0, 0, "Print a short usage message", 0}},
    {0, {"version", 'V', 0, 0, "Print the version", 0}},
};
enum { COMMON_COUNT = sizeof common_table / sizeof *common_table };

struct common_state {
    const struct program *program;
    struct common_options *common;
    void *settings;
};

double options_real(struct argp_state *state, const char *option, const char *argument, double low,
                    double high)
{
    char *end;
    errno = 0;
    double value = strtod(argument, &end);
    if (end == argument || *end || isnan(value) || value < low || value > high)
        argp_error(state, "--%s: '%s' is not a number from %g to %g", option, argument, low, high);
    return value;
}

uint64_t options_integer(struct argp_state *state, const char *option, const char *argument,
                         uint64_t low, uint64_t high)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(argument, &end, 10);
    if (!isdigit((unsigned char)*argument) || *end || errno || value < low || value > high)
        argp_error(state, "--%s: '%s' is not a whole number from %llu to %llu", option, argument,
                   (unsigned long long)low, (unsigned long long)high);
    return value;
}

size_t options_bytes(struct argp_state *state, const char *option, const char *argument)
{
    static const char suffixes[] = "KMG";
    char *end;
    errno = 0;
    unsigned long long value = strtoull(argument, &end, 10);
    const char *suffix = *end ? strchr(suffixes, *end) : NULL;
    int shift = suffix ? 10 * (int)(suffix - suffixes + 1) : 0;
    if (!isdigit((unsigned char)*argument) || errno || value == 0 || (*end && !suffix) ||
        (suffix && end[1]) || value > (unsigned long long)SIZE_MAX >> shift >> 1)
        argp_error(state, "--%s: '%s' is not a number of bytes, as 4096, 64K, 1M or 2G", option,
                   argument);
    return (size_t)value << shift;
}

int options_choice(struct argp_state *state, const char *option, const char *argument,
                   const char *const *words)
{
    char list[1024] = "";
    for (int i = 0; words[i]; i++) {
        if (strcmp(argument, words[i]) == 0)
            return i;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", words[i]);
    }
    argp_error(state, "--%s: '%s' is not one of %s", option, argument, list);
    return -1;
}

static enum option_format parse_format(struct argp_state *state, unsigned common,
                                       const char *argument)
{
    static const char *const words[] = {
        [FORMAT_CSV] = "csv", [FORMAT_NPY] = "npy", [FORMAT_JSON] = "json",
        [FORMAT_NPZ] = "npz", [FORMAT_IDX] = "idx", [FORMAT_PNG] = "png"};
    static const enum option_format usual[] = {FORMAT_CSV, FORMAT_NPY, FORMAT_JSON, 0},
                                    tables[] = {FORMAT_CSV, FORMAT_JSON, 0},
                                    matrices[] = {FORMAT_CSV, FORMAT_NPY, 0},
                                    any[] = {FORMAT_CSV, FORMAT_NPY, FORMAT_JSON,
                                             FORMAT_NPZ, FORMAT_IDX, FORMAT_PNG, 0};
    const enum option_format *formats = common & OPTION_FORMAT_CSV_JSON  ? tables
                                        : common & OPTION_FORMAT_CSV_NPY ? matrices
                                        : common & OPTION_FORMAT_ANY     ? any
                                                                         : usual;
    const char *choices[sizeof words / sizeof *words] = {NULL};
    for (int i = 0; formats[i]; i++)
        choices[i] = words[formats[i]];
    return formats[options_choice(state, "format", argument, choices)];
}

/* Reachable to the end of the process, so that leak checkers know that it is wanted. */
static const char **operands;

static void add_operand(struct common_options *common, const struct program *program,
                        const char *operand, struct argp_state *state)
{
    if (common->operand_count == program->most_operands)
        argp_error(state, "unexpected operand '%s'", operand);
    size_t count = ++common->operand_count;
    operands = memory_resize(operands, count + 1, sizeof *operands);
    operands[count - 1] = operand;
    operands[count] = NULL;
    common->operands = operands;
}

static _Noreturn void print_version(void)
{
    printf("%s (tesserae) %s\n", error_program(), PACKAGE_VERSION);
    exit(EX_OK);
}

static int parse_common(int key, char *argument, struct argp_state *state)
{
    struct common_state *all = state->input;
    struct common_options *common = all->common;
    switch (key) {
    case 'o': common->output = argument; return 0;
    case 'f': common->format = parse_format(state, all->program->common, argument); return 0;
    case 'h': argp_state_help(state, stdout, ARGP_HELP_STD_HELP); return 0;
    case KEY_USAGE: argp_state_help(state, stdout, ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK); return 0;
    case 'V': print_version();
    case 'q': common->quiet = true; return 0;
    case 'v': common->verbose = true; return 0;
    case KEY_SEED:
        common->seed = options_integer(state, "seed", argument, 0, 1ull << 53);
        common->seed_given = true;
        return 0;
    case KEY_THREADS:
        common->threads = (int)options_integer(state, "threads", argument, 1, 1024);
        return 0;
    case KEY_REPORT: common->report = argument; return 0;
    case KEY_LOG: common->log = argument; return 0;
    case KEY_CHECKPOINT: common->checkpoint = argument; return 0;
    case KEY_RESUME: common->resume = true; return 0;
    case ARGP_KEY_INIT:
        if (all->program->parse)
            state->child_inputs[0] = all->settings;
        return 0;
    case ARGP_KEY_ARG: add_operand(common, all->program, argument, state); return 0;
    case ARGP_KEY_END:
        if (common->operand_count < all->program->least_operands)
            argp_error(state, "missing operand: %s", all->program->operands);
        if (common->resume && !common->checkpoint)
            argp_error(state, "--resume needs --checkpoint FILE");
        if (common->checkpoint && strcmp(common->checkpoint, "-") == 0)
            argp_error(state, "--checkpoint: '-' is no file; the state is written again and again");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static void select_common(struct argp_option *selected, unsigned common)
{
    size_t count = 0;
    selected[count++] = (struct argp_option){.doc = "Common options:", .group = COMMON_GROUP};
    for (size_t i = 0; i < COMMON_COUNT; i++) {
        if (common_table[i].need && !(common_table[i].need & common))
            continue;
        selected[count] = common_table[i].option;
        selected[count++].group = COMMON_GROUP;
    }
    selected[count] = (struct argp_option){0};
}

void options_parse(const struct program *program, int argc, char **argv,
                   struct common_options *common, void *settings)
{
    error_set_program(program->name);
    signals_install();
    *common = (struct common_options){.threads = omp_get_max_threads(),
                                      .started = progress_seconds()};
    argp_err_exit_status = EX_USAGE;
    output_prepare_standard();
    report_use_memory();

    struct argp_option options[COMMON_COUNT + 2];
    select_common(options, program->common);
    struct argp own = {.options = program->options,
                       .parser = program->parse,
                       .children = program->groups};
    struct argp_child children[2] = {{.argp = &own, .group = 0}, {0}};
    struct argp argp = {.options = options,
                        .parser = parse_common,
                        .args_doc = program->operands,
                        .doc = program->summary,
                        .children = program->parse ? children : NULL};
    struct common_state all = {program, common, settings};
    char *arguments_name = argv[0];
    argv[0] = (char *)(uintptr_t)program->name;
    error_t failure = argp_parse(&argp, argc, argv, ARGP_NO_HELP, NULL, &all);
    if (failure)
        error_die(EX_OSERR, "cannot read the command line: %s", strerror(failure));
    argv[0] = arguments_name;

    error_quiet(common->quiet);
    omp_set_num_threads(common->threads);
}

const char *options_operand(const struct common_options *common, size_t position)
{
    return position < common->operand_count ? common->operands[position] : "-";
}

static bool is_standard(const struct file_use *use)
{
    return use->path && strcmp(use->path, "-") == 0;
}

/* By name or by inode; devices may be shared. */
static bool is_same_file(const char *one, const char *other)
{
    struct stat first, second;
    if (stat(one, &first) != 0 || stat(other, &second) != 0)
        return strcmp(one, other) == 0;
    return S_ISREG(first.st_mode) && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

static void check_pair(const struct file_use *one, const struct file_use *other)
{
    if (!one->path || !other->path || one->written != other->written)
        return;
    if (is_standard(one) && is_standard(other))
        error_die(EX_USAGE, "%s and %s are both standard %s; expected a file for one of them",
                  one->option, other->option, one->written ? "output" : "input");
    if (one->written && is_same_file(one->path, other->path))
        error_die(EX_USAGE, "%s and %s are the same file, %s; expected two", one->option,
                  other->option, one->path);
}

void options_check_files(const struct common_options *common, const struct file_use *own,
                         size_t count)
{
    const struct file_use shared[] = {
        {"--output", common->output ? common->output : "-", true},
        {"--report", common->report, true},
        {"--log", common->log, true},
        {"--checkpoint", common->checkpoint, true}};
    enum { SHARED = sizeof shared / sizeof *shared };
    struct error error = {0};
    for (size_t i = 0; i < SHARED + count; i++) {
        const struct file_use *use = i < SHARED ? &shared[i] : &own[i - SHARED];
        for (size_t j = 0; j < i; j++)
            check_pair(use, j < SHARED ? &shared[j] : &own[j - SHARED]);
        if (use->written && !output_check(use->path, &error))
            error_exit(&error);
    }
    if (common->resume && access(common->checkpoint, R_OK) != 0) {
        error_set_errno(&error, EX_NOINPUT, "%s: cannot open", common->checkpoint);
        error_exit(&error);
    }
}
