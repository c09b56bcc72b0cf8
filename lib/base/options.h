/*
 * Options: what every program understands, declared once.
 *
 * A program describes itself as data (struct program) and calls options_parse(). The common
 * options it names are added to its own, in one group, with the same letters everywhere; only
 * those that the program really honours may be named. --help and --version are always there.
 */
#ifndef TESSERAE_BASE_OPTIONS_H
#define TESSERAE_BASE_OPTIONS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which of the common options a program has; add them up. */
enum {
    OPTION_OUTPUT = 1 << 0,     /* -o, --output FILE */
    OPTION_FORMAT = 1 << 1,     /* -f, --format csv|npy|json */
    OPTION_SEED = 1 << 2,       /* --seed N */
    OPTION_THREADS = 1 << 3,    /* --threads N */
    OPTION_REPORT = 1 << 4,     /* --report FILE */
    OPTION_LOG = 1 << 5,        /* --log FILE */
    OPTION_CHECKPOINT = 1 << 6, /* --checkpoint FILE, --resume */
    OPTION_VERBOSE = 1 << 7,    /* -v, --verbose; -q, --quiet is always there */
    OPTION_FORMAT_CSV_NPY = 1 << 8, /* --format csv|npy, in place of OPTION_FORMAT */
    OPTION_FORMAT_CSV_JSON = 1 << 9, /* --format csv|json, likewise */
    OPTION_FORMAT_ANY = 1 << 10      /* --format csv|npy|json|npz|idx|png, likewise */
};

enum option_format {
    FORMAT_DEFAULT,
    FORMAT_CSV,
    FORMAT_NPY,
    FORMAT_JSON,
    FORMAT_NPZ,
    FORMAT_IDX,
    FORMAT_PNG
};

struct common_options {
    const char *output;     /* NULL: standard output */
    enum option_format format;
    bool quiet;
    bool verbose;
    uint64_t seed;          /* 0 unless given */
    bool seed_given;
    int threads;            /* at least 1; OMP_NUM_THREADS or every processor unless given */
    const char *report;     /* NULL: none */
    const char *log;        /* NULL: none */
    const char *checkpoint; /* NULL: none */
    bool resume;
    double started;         /* wall clock when the program began (progress_seconds) */
    const char **operands;  /* what stood beside the options, NULL-terminated */
    size_t operand_count;
};

struct program {
    const char *name;
    const char *operands;                /* "[FILE]", "KIND": as in the usage line */
    const char *summary;                 /* the first paragraph of --help */
    const struct argp_option *options;   /* the program's own; ends with {0}; may be NULL */
    int (*parse)(int key, char *argument, struct argp_state *state); /* argp's parser for them;
                                            state->input is the program's own settings */
    const struct argp_child *groups;     /* options that programs share (training_argp); ends with
                                            {0}; parse sets their inputs in state->child_inputs at
                                            ARGP_KEY_INIT; may be NULL */
    unsigned common;                     /* OPTION_... */
    size_t least_operands;
    size_t most_operands;
};

/*
 * Parses the command line; wrong usage ends the program with EX_USAGE. Sets the program's name
 * for diagnostics, the number of threads (OpenMP), installs the signal handlers, and sees to it
 * that output that could not be written is noticed.
 */
void options_parse(const struct program *program, int argc, char **argv,
                   struct common_options *common, void *settings);

/* The operand at a position, or "-" (standard input) when there are not so many. */
const char *options_operand(const struct common_options *common, size_t position);

/* A file that an option or an operand names, and what the program does with it. */
struct file_use {
    const char *option; /* "--pairs", "FILE" */
    const char *path;   /* "-": a standard stream; NULL: none is wanted */
    bool written;
};

/*
 * To be called before any work is done, with the files of a program beside those of its common
 * options. Ends the program with EX_USAGE where standard input would be read twice or two outputs
 * would go to one place, with EX_CANTCREAT where an output cannot be created, and with EX_NOINPUT
 * where there is no checkpoint to go on from.
 */
void options_check_files(const struct common_options *common, const struct file_use *own,
                         size_t count);

/*
 * Numbers in option arguments, for use in a program's parser: what is not a number of the kind,
 * or lies outside [low, high], ends the program with EX_USAGE and names the option.
 */
double options_real(struct argp_state *state, const char *option, const char *argument, double low,
                    double high);
uint64_t options_integer(struct argp_state *state, const char *option, const char *argument,
                         uint64_t low, uint64_t high);

/* A number of bytes, at least 1: "4096", "64K", "1M", "2G" (powers of 1024). */
size_t options_bytes(struct argp_state *state, const char *option, const char *argument);

/* The position of argument in a NULL-terminated list of words; wrong usage otherwise. */
int options_choice(struct argp_state *state, const char *option, const char *argument,
                   const char *const *words);

#endif
