#include "io/figures.h"

#include "base/output.h"
#include "io/csv.h"

#include <cJSON.h>
#include <math.h>
#include <string.h>

void figures_add(struct figures *figures, const char *name, double value)
{
    figures->entries[figures->count++] = (struct figure){name, value};
}

double figures_value(const struct figures *figures, const char *name)
{
    for (size_t i = 0; i < figures->count; i++)
        if (strcmp(figures->entries[i].name, name) == 0)
            return figures->entries[i].value;
    return (double)NAN;
}

static void print_csv(FILE *file, const struct figures *figures)
{
    fputs("metric,value\n", file);
    for (size_t i = 0; i < figures->count; i++) {
        fprintf(file, "%s,", figures->entries[i].name);
        csv_write_double(file, figures->entries[i].value);
        putc('\n', file);
    }
}

static void print_json(FILE *file, const struct figures *figures)
{
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < figures->count; i++)
        cJSON_AddItemToObject(object, figures->entries[i].name,
                              report_number(figures->entries[i].value));
    char *text = cJSON_Print(object);
    fprintf(file, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(object);
}

bool figures_write(const struct figures *figures, const struct common_options *common,
                   struct error *error)
{
    struct output output;
    if (!output_open(&output, common->output, error))
        return false;
    if (common->format == FORMAT_JSON)
        print_json(output.file, figures);
    else
        print_csv(output.file, figures);
    return output_commit(&output, error);
}

void figures_report(const struct figures *figures, struct report *report)
{
    for (size_t i = 0; i < figures->count; i++)
        report_metric(report, figures->entries[i].name, figures->entries[i].value);
}
