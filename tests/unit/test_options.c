/* Options: the common ones, numbers with bounds, choices, operands, and wrong usage. */
#include "base/options.h"

#include "base/error.h"
#include "check_main.h"
#include "child.h"

#include <omp.h>
#include <string.h>

struct settings {
    uint64_t nodes;
    double rate;
    int kind;
};

static int parse(int key, char *argument, struct argp_state *state)
{
    static const char *const kinds[] = {"tree", "grid", NULL};
    struct settings *settings = state->input;
    switch (key) {
    case 'n': settings->nodes = options_integer(state, "nodes", argument, 1, 1000); return 0;
    case 'r': settings->rate = options_real(state, "rate", argument, 0, 1); return 0;
    case 'k': settings->kind = options_choice(state, "kind", argument, kinds); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own_options[] = {{"nodes", 'n', "N", 0, "Nodes", 0},
                                                 {"rate", 'r', "R", 0, "Rate", 0},
                                                 {"kind", 'k', "KIND", 0, "Kind", 0},
                                                 {0}};

static const struct program everything = {
    .name = "graph-test",
    .operands = "[FILE]",
    .summary = "Tests options.",
    .options = own_options,
    .parse = parse,
    .common = OPTION_OUTPUT | OPTION_FORMAT | OPTION_SEED | OPTION_THREADS | OPTION_REPORT |
              OPTION_LOG | OPTION_CHECKPOINT | OPTION_VERBOSE,
    .most_operands = 1,
};

static const struct program bare = {
    .name = "graph-bare", .operands = "KIND", .summary = "Tests operands.", .least_operands = 1,
    .most_operands = 1};

enum { MOST_ARGUMENTS = 24 };

struct command {
    const struct program *program;
    char *arguments[MOST_ARGUMENTS]; /* NULL-terminated; argv[0] included */
};

static void run(const struct command *command, struct common_options *common,
                struct settings *settings)
{
    char *arguments[MOST_ARGUMENTS];
    memcpy(arguments, command->arguments, sizeof arguments);
    int count = 0;
    while (arguments[count])
        count++;
    options_parse(command->program, count, arguments, common, settings);
}

static void run_alone(void *context)
{
    struct common_options common;
    struct settings settings = {0};
    run(context, &common, &settings);
    free(common.operands);
}

START_TEST(defaults)
{
    struct command command = {&everything, {"x"}};
    struct common_options common;
    struct settings settings = {7, 0.5, 1};
    run(&command, &common, &settings);
    ck_assert_ptr_null(common.output);
    ck_assert_int_eq(common.format, FORMAT_DEFAULT);
    ck_assert_uint_eq(common.seed, 0);
    ck_assert_int_ge(common.threads, 1);
    ck_assert(!common.quiet && !common.verbose && !common.resume);
    ck_assert_str_eq(options_operand(&common, 0), "-");
    ck_assert_uint_eq(settings.nodes, 7);
    ck_assert_str_eq(error_program(), "graph-test");
}
END_TEST

START_TEST(everything_is_read)
{
    struct command command = {
        &everything,
        {"x", "-o", "out", "-f", "npy", "--seed", "12", "--threads=2", "--report", "r.json",
         "--log", "l", "--checkpoint", "c", "--resume", "-qv", "-n5", "--rate", "0.25", "--kind",
         "grid", "in.csv"}};
    struct common_options common;
    struct settings settings = {0};
    run(&command, &common, &settings);
    ck_assert_str_eq(common.output, "out");
    ck_assert_int_eq(common.format, FORMAT_NPY);
    ck_assert_uint_eq(common.seed, 12);
    ck_assert_int_eq(common.threads, 2);
    ck_assert_int_eq(omp_get_max_threads(), 2);
    ck_assert_str_eq(common.report, "r.json");
    ck_assert_str_eq(common.log, "l");
    ck_assert_str_eq(common.checkpoint, "c");
    ck_assert(common.resume && common.quiet && common.verbose);
    ck_assert_uint_eq(settings.nodes, 5);
    ck_assert_double_eq(settings.rate, 0.25);
    ck_assert_int_eq(settings.kind, 1);
    ck_assert_uint_eq(common.operand_count, 1);
    ck_assert_str_eq(options_operand(&common, 0), "in.csv");
    ck_assert_str_eq(options_operand(&common, 1), "-");
    free(common.operands);
}
END_TEST

/* Every command here is wrong usage; its message must contain the text beside it. */
static const struct {
    struct command command;
    const char *message;
} wrong[] = {
    {{&everything, {"x", "--nodes", "0"}}, "--nodes: '0' is not a whole number from 1 to 1000"},
    {{&everything, {"x", "--nodes", "1001"}}, "from 1 to 1000"},
    {{&everything, {"x", "--nodes", "-1"}}, "'-1' is not"},
    {{&everything, {"x", "--nodes", "5x"}}, "'5x' is not"},
    {{&everything, {"x", "--nodes", ""}}, "'' is not"},
    {{&everything, {"x", "--nodes", "99999999999999999999"}}, "is not a whole number"},
    {{&everything, {"x", "--rate", "1.5"}}, "--rate: '1.5' is not a number from 0 to 1"},
    {{&everything, {"x", "--rate", "nan"}}, "'nan' is not"},
    {{&everything, {"x", "--rate", "inf"}}, "'inf' is not"},
    {{&everything, {"x", "--rate", ""}}, "'' is not"},
    {{&everything, {"x", "--rate", "0.5 "}}, "is not a number"},
    {{&everything, {"x", "--kind", "star"}}, "--kind: 'star' is not one of tree, grid"},
    {{&everything, {"x", "--format", "xml"}}, "--format: 'xml' is not one of csv, npy, json"},
    {{&everything, {"x", "--threads", "0"}}, "--threads: '0' is not"},
    {{&everything, {"x", "--resume"}}, "--resume needs --checkpoint FILE"},
    {{&everything, {"x", "--checkpoint", "-"}}, "'-' is no file"},
    {{&everything, {"x", "--no-such"}}, "unrecognized option"},
    {{&everything, {"x", "a", "b"}}, "unexpected operand 'b'"},
    {{&bare, {"x"}}, "missing operand: KIND"},
    {{&bare, {"x", "k", "--seed", "1"}}, "unrecognized option"},
    {{&bare, {"x", "k", "-o", "f"}}, "invalid option"},
};

START_TEST(wrong_usage)
{
    struct command command = wrong[_i].command;
    struct child child = child_run(run_alone, &command);
    ck_assert_int_eq(child.exit_code, EX_USAGE);
    ck_assert_ptr_nonnull(strstr(child.errors, wrong[_i].message));
    ck_assert_ptr_eq(strstr(child.errors, command.program->name), child.errors);
    ck_assert_str_eq(child.output, "");
}
END_TEST

/* The files of a program with --names and --pairs, beside its operand. */
static void check_files_alone(void *context)
{
    const struct command *command = context;
    struct common_options common;
    struct settings settings = {0};
    run(command, &common, &settings);
    const struct file_use files[] = {{"FILE", options_operand(&common, 0), false},
                                     {"--pairs", "pairs.csv", false},
                                     {"--names", "names.csv", true}};
    options_check_files(&common, files, 3);
    free(common.operands);
}

static const struct {
    struct command command;
    int exit_code;
    const char *message;
} files[] = {
    {{&everything, {"x"}}, 0, ""},
    {{&everything, {"x", "pairs.csv"}}, 0, ""}, /* reading a file twice is no harm */
    {{&everything, {"x", "-o", "out.csv", "--report", "-", "in.csv"}}, 0, ""},
    {{&everything, {"x", "-o", "in.csv", "in.csv"}}, 0, ""}, /* read before it is replaced */
    {{&everything, {"x", "-o", "/dev/null", "--log", "/dev/null"}}, 0, ""},
    {{&everything, {"x", "--report", "-"}}, EX_USAGE, "--report and --output are both standard o"},
    {{&everything, {"x", "--log", "l", "--report", "l"}}, EX_USAGE, "are the same file, l"},
    {{&everything, {"x", "-o", "names.csv"}}, EX_USAGE, "--names and --output are the same file"},
    {{&everything, {"x", "--report", "no/such"}}, EX_CANTCREAT, "no/such: cannot create: No such"},
    {{&everything, {"x", "-o", ""}}, EX_CANTCREAT, "empty name"},
};

START_TEST(files_are_checked)
{
    struct command command = files[_i].command;
    struct child child = child_run(check_files_alone, &command);
    ck_assert_int_eq(child.exit_code, files[_i].exit_code);
    ck_assert_ptr_nonnull(strstr(child.errors, files[_i].message));
    ck_assert_str_eq(child.output, "");
}
END_TEST

START_TEST(help_names_what_there_is)
{
    struct command command = {&everything, {"x", "-h"}};
    struct child child = child_run(run_alone, &command);
    ck_assert_int_eq(child.exit_code, 0);
    ck_assert_str_eq(child.errors, "");
    const char *const expected[] = {"Usage: graph-test", "Tests options.", "-n, --nodes=N",
                                    "--seed=N",          "--resume",       "-h, --help",
                                    "-V, --version"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        ck_assert_msg(strstr(child.output, expected[i]), "no %s in %s", expected[i], child.output);
    struct command help_of_bare = {&bare, {"x", "--help"}};
    child = child_run(run_alone, &help_of_bare);
    ck_assert_int_eq(child.exit_code, 0);
    ck_assert_ptr_null(strstr(child.output, "--seed"));
    ck_assert_ptr_nonnull(strstr(child.output, "--quiet"));
}
END_TEST

START_TEST(version)
{
    struct command command = {&bare, {"x", "--version"}};
    struct child child = child_run(run_alone, &command);
    ck_assert_int_eq(child.exit_code, 0);
    ck_assert_str_eq(child.output, "graph-bare (tesserae) " PACKAGE_VERSION "\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("options");
    TCase *cases = tcase_create("options");
    tcase_add_test(cases, defaults);
    tcase_add_test(cases, everything_is_read);
    tcase_add_loop_test(cases, wrong_usage, 0, sizeof wrong / sizeof *wrong);
    tcase_add_loop_test(cases, files_are_checked, 0, sizeof files / sizeof *files);
    tcase_add_test(cases, help_names_what_there_is);
    tcase_add_test(cases, version);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
