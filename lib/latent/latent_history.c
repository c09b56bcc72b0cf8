#include "latent/latent_history.h"

#include "base/memory.h"
#include "base/output.h"
#include "base/report.h"
#include "io/csv.h"

#include <cJSON.h>
#include <stdlib.h>

void latent_history_make(struct latent_history *history, const struct latent_options *options,
                         size_t evaluations)
{
    *history = (struct latent_history){.branches = latent_network_branches(options)};
    history->each = options->layers * history->branches;
    history->attention = memory_zeroed(evaluations * history->each, sizeof(double));
    history->gradient_shares = memory_zeroed(evaluations * history->each, sizeof(double));
    for (size_t b = 0; b < history->branches; b++)
        history->names[b] = memory_copy_string(latent_branch_name(options, b));
}

/* KIND_LAYER_SPACE, or LAYER_SPACE without a kind; to be freed. */
static char *column_name(const struct latent_history *history, const char *kind, size_t i)
{
    return memory_format("%s%s%zu_%s", kind, *kind ? "_" : "", i / history->branches + 1,
                         history->names[i % history->branches]);
}

void latent_history_log(const struct latent_history *history, struct cJSON *line)
{
    size_t at = (history->evaluations - 1) * history->each;
    for (size_t i = 0; i < history->each; i++) {
        char *name = column_name(history, "attention", i);
        cJSON_AddItemToObject(line, name, report_number(history->attention[at + i]));
        free(name);
        name = column_name(history, "gradient_share", i);
        cJSON_AddItemToObject(line, name, report_number(history->gradient_shares[at + i]));
        free(name);
    }
}

struct cJSON *latent_history_lists(const struct latent_history *history, const double *values)
{
    struct cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < history->each; i++) {
        char *name = column_name(history, "", i);
        struct cJSON *list = cJSON_AddArrayToObject(object, name);
        for (size_t e = 0; e < history->evaluations; e++)
            cJSON_AddItemToArray(list, report_number(values[e * history->each + i]));
        free(name);
    }
    return object;
}

static void write_names(const struct latent_history *history, const char *kind, FILE *file)
{
    for (size_t i = 0; i < history->each; i++) {
        char *name = column_name(history, kind, i);
        fputc(',', file);
        csv_write_field(file, name);
        free(name);
    }
}

static void write_values(const double *values, size_t count, FILE *file)
{
    for (size_t i = 0; i < count; i++) {
        fputc(',', file);
        csv_write_float(file, (float)values[i]);
    }
}

bool latent_history_write(const struct latent_history *history, const char *path,
                          struct error *error)
{
    struct output output;
    if (!output_open(&output, path, error))
        return false;
    fputs("step", output.file);
    write_names(history, "attention", output.file);
    write_names(history, "gradient_share", output.file);
    for (size_t e = 0; e < history->evaluations; e++) {
        uint64_t step = history->every ? (e + 1) * history->every : history->steps;
        fprintf(output.file, "\n%llu",
                (unsigned long long)(step < history->steps ? step : history->steps));
        write_values(history->attention + e * history->each, history->each, output.file);
        write_values(history->gradient_shares + e * history->each, history->each, output.file);
    }
    fputc('\n', output.file);
    return output_commit(&output, error);
}

void latent_history_free(struct latent_history *history)
{
    free(history->attention);
    free(history->gradient_shares);
    for (size_t b = 0; b < history->branches; b++)
        free(history->names[b]);
    *history = (struct latent_history){0};
}
