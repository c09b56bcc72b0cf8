#include "base/report.h"

#include "base/memory.h"
#include "base/options.h"
#include "base/output.h"
#include "base/progress.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>

static void *allocate(size_t bytes)
{
    return memory_resize(NULL, 1, bytes);
}

void report_use_memory(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = allocate, .free_fn = free});
}

struct cJSON *report_number(double value)
{
    return isfinite(value) ? cJSON_CreateNumber(value) : cJSON_CreateNull();
}

void report_begin(struct report *report, const struct common_options *common)
{
    report->started = common->started;
    report->root = cJSON_CreateObject();
    cJSON_AddStringToObject(report->root, "program", error_program());
    cJSON_AddStringToObject(report->root, "version", PACKAGE_VERSION);
    report->options = cJSON_AddObjectToObject(report->root, "options");
    report_option_number(report, "threads", common->threads);
    cJSON_AddNumberToObject(report->root, "seed", (double)common->seed);
    report->metrics = cJSON_AddObjectToObject(report->root, "metrics");
}

void report_option_text(struct report *report, const char *name, const char *value)
{
    if (value)
        cJSON_AddStringToObject(report->options, name, value);
    else
        cJSON_AddNullToObject(report->options, name);
}

void report_option_number(struct report *report, const char *name, double value)
{
    cJSON_AddItemToObject(report->options, name, report_number(value));
}

void report_metric(struct report *report, const char *name, double value)
{
    report_metric_json(report, name, report_number(value));
}

void report_metric_text(struct report *report, const char *name, const char *value)
{
    report_metric_json(report, name, cJSON_CreateString(value));
}

static cJSON *number_array(const double *values, size_t count)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(array, report_number(values[i]));
    return array;
}

void report_option_values(struct report *report, const char *name, const double *values,
                          size_t count)
{
    cJSON_DeleteItemFromObjectCaseSensitive(report->options, name);
    cJSON_AddItemToObject(report->options, name, number_array(values, count));
}

void report_metric_values(struct report *report, const char *name, const double *values,
                          size_t count)
{
    report_metric_json(report, name, number_array(values, count));
}

void report_metric_matrix(struct report *report, const char *name, const double *values,
                          size_t rows, size_t columns)
{
    cJSON *matrix = cJSON_CreateArray();
    for (size_t i = 0; i < rows; i++)
        cJSON_AddItemToArray(matrix, number_array(values + i * columns, columns));
    report_metric_json(report, name, matrix);
}

void report_metric_repeated(struct report *report, const char *name, const double *values,
                            size_t count)
{
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    double mean = sum / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    cJSON *figure = cJSON_CreateObject();
    cJSON_AddItemToObject(figure, "mean", report_number(mean));
    cJSON_AddItemToObject(figure, "std",
                          report_number(count > 1 ? sqrt(squares / (double)(count - 1)) : 0));
    cJSON_AddItemToObject(figure, "values", number_array(values, count));
    report_metric_json(report, name, figure);
}

void report_metric_json(struct report *report, const char *name, struct cJSON *item)
{
    cJSON_DeleteItemFromObjectCaseSensitive(report->metrics, name);
    cJSON_AddItemToObject(report->metrics, name, item);
}

bool report_write(struct report *report, const char *path, struct error *error)
{
    if (!path)
        return true;
    cJSON *time = cJSON_AddObjectToObject(report->root, "time");
    cJSON_AddNumberToObject(time, "wall_s", progress_seconds() - report->started);
    cJSON_AddNumberToObject(time, "cpu_s", progress_processor_seconds());
    cJSON *memory = cJSON_AddObjectToObject(report->root, "memory");
    cJSON_AddNumberToObject(memory, "peak_bytes", (double)memory_peak_bytes());
    char *text = cJSON_Print(report->root);
    struct output output;
    bool done = output_open(&output, path, error);
    if (done) {
        fprintf(output.file, "%s\n", text);
        done = output_commit(&output, error);
    }
    cJSON_free(text);
    return done;
}

void report_free(struct report *report)
{
    cJSON_Delete(report->root);
    *report = (struct report){0};
}

bool report_log_open(struct report_log *log, const char *path, struct error *error)
{
    log->output = NULL;
    if (!path)
        return true;
    struct output *output = memory_alloc(1, sizeof *output);
    if (!output_open(output, path, error)) {
        free(output);
        return false;
    }
    log->output = output;
    return true;
}

bool report_log_write(struct report_log *log, struct cJSON *object, struct error *error)
{
    bool done = true;
    if (log->output) {
        char *line = cJSON_PrintUnformatted(object);
        fprintf(log->output->file, "%s\n", line);
        cJSON_free(line);
        if (fflush(log->output->file) != 0)
            done = error_set_errno(error, EX_IOERR, "%s: cannot write", log->output->name);
    }
    cJSON_Delete(object);
    return done;
}

bool report_log_close(struct report_log *log, struct error *error)
{
    if (!log->output)
        return true;
    bool done = output_commit(log->output, error);
    free(log->output);
    log->output = NULL;
    return done;
}
