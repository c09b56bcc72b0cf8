#include "base/output.h"
#include "graph/statistics.h"
#include "io/csv.h"

#include <cJSON.h>

static void print_csv(FILE *file, const struct statistics *statistics)
{
    fputs("metric,value\n", file);
    for (size_t i = 0; i < statistics->count; i++) {
        fprintf(file, "%s,", statistics->entries[i].name);
        csv_write_double(file, statistics->entries[i].value);
        putc('\n', file);
    }
}

static void print_json(FILE *file, const struct statistics *statistics)
{
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < statistics->count; i++)
        cJSON_AddItemToObject(object, statistics->entries[i].name,
                              report_number(statistics->entries[i].value));
    char *text = cJSON_Print(object);
    fprintf(file, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(object);
}

bool statistics_write(const struct statistics *statistics, const struct common_options *common,
                      struct error *error)
{
    struct output output;
    if (!output_open(&output, common->output, error))
        return false;
    if (common->format == FORMAT_JSON)
        print_json(output.file, statistics);
    else
        print_csv(output.file, statistics);
    return output_commit(&output, error);
}

void statistics_report(const struct statistics *statistics, struct report *report)
{
    for (size_t i = 0; i < statistics->count; i++)
        report_metric(report, statistics->entries[i].name, statistics->entries[i].value);
}
