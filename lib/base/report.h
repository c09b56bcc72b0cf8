/*
 * Reports and logs.
 *
 * A report is one JSON object: {"program", "version", "options", "seed", "metrics", "time",
 * "memory"}; a log is JSON Lines, one object per evaluation. Numbers that are not finite are
 * written as null.
 */
#ifndef TESSERAE_BASE_REPORT_H
#define TESSERAE_BASE_REPORT_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct cJSON;
struct common_options;

struct report {
    struct cJSON *root;
    struct cJSON *options;
    struct cJSON *metrics;
    double started; /* wall clock when the program did */
};

/*
 * Lets cJSON take its memory by memory.h, so that running out of it is noticed; options_parse does.
 */
void report_use_memory(void);

/*
 * Starts a report with the seed of common, and its threads among the options. Its times are those
 * of the whole program, from its start on, so that reading counts. Free with report_free.
 */
void report_begin(struct report *report, const struct common_options *common);

/* What the program was asked to do; names as on the command line, in snake_case. */
void report_option_text(struct report *report, const char *name, const char *value);
void report_option_number(struct report *report, const char *name, double value);
void report_option_values(struct report *report, const char *name, const double *values,
                          size_t count);

/* What came out; names in snake_case, the split in front (test_mse). */
void report_metric(struct report *report, const char *name, double value);
void report_metric_text(struct report *report, const char *name, const char *value);
void report_metric_values(struct report *report, const char *name, const double *values,
                          size_t count);

/* A matrix (rows, columns), as an array of rows. */
void report_metric_matrix(struct report *report, const char *name, const double *values,
                          size_t rows, size_t columns);

/* A figure of repeated runs: {"mean", "std", "values"}; std is that of the sample (n - 1). */
void report_metric_repeated(struct report *report, const char *name, const double *values,
                            size_t count);

/* Adds any JSON to "metrics"; the report owns the item from then on. */
void report_metric_json(struct report *report, const char *name, struct cJSON *item);

/* Adds times and memory, and writes the report to path ("-" is standard output); NULL writes
 * nothing. */
bool report_write(struct report *report, const char *path, struct error *error);

void report_free(struct report *report);

/* A JSON number, or null when the value is not finite. The caller owns it. */
struct cJSON *report_number(double value);

/* A log. A NULL path makes one that writes nothing. */
struct report_log {
    struct output *output;
};

bool report_log_open(struct report_log *log, const char *path, struct error *error);

/* Appends one line; takes the object over and frees it. Each line is flushed. */
bool report_log_write(struct report_log *log, struct cJSON *object, struct error *error);

bool report_log_close(struct report_log *log, struct error *error);

#endif
