/* tensor-info: what is in a file of tensors or a table. */
#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/output.h"
#include "io/csv.h"
#include "io/json.h"
#include "io/stream.h"
#include "io/summary.h"

#include <stdlib.h>

enum { KEY_METADATA = 1 };

static const struct argp_option options[] = {
    {"metadata", KEY_METADATA, 0, 0, "Show the metadata of a safetensors file instead", 0},
    {0},
};

struct settings {
    bool metadata;
};

static int parse(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    struct settings *settings = state->input;
    if (key != KEY_METADATA)
        return ARGP_ERR_UNKNOWN;
    settings->metadata = true;
    return 0;
}

/*
 * What is found goes into memory first: a record that is damaged leaves nothing on the output.
 * Two sheets, because a file's metadata come before its tensors.
 */
struct sheet {
    char *text;
    size_t length;
    FILE *file;
    size_t rows;
};

struct findings {
    bool json;
    struct sheet metadata;
    struct sheet records;
};

static void begin_sheet(struct sheet *sheet)
{
    sheet->file = memory_stream_open(&sheet->text, &sheet->length);
}

static void end_sheet(struct sheet *sheet)
{
    memory_stream_close(sheet->file, &sheet->text);
}

static bool add_metadata(void *context, const char *key, const char *value, struct error *error)
{
    (void)error;
    struct findings *findings = context;
    FILE *file = findings->metadata.file;
    bool first = findings->metadata.rows++ == 0;
    if (findings->json) {
        fputs(first ? "" : ",\n  ", file);
        json_write_string(file, key);
        fputs(": ", file);
        json_write_string(file, value);
    } else {
        csv_write_field(file, key);
        putc(',', file);
        csv_write_field(file, value);
        putc('\n', file);
    }
    return true;
}

static void write_csv_row(FILE *file, const struct summary *summary)
{
    const struct moments *moments = &summary->moments;
    if (summary->name)
        csv_write_field(file, summary->name);
    fprintf(file, ",%s,%s", summary->dtype, summary->dimensions ? "" : "scalar");
    for (int i = 0; i < summary->dimensions; i++)
        fprintf(file, "%s%zu", i ? "x" : "", summary->shape[i]);
    const double figures[] = {moments->least, moments->mean, moments->greatest,
                              moments_deviation(moments)};
    for (int i = 0; i < 4; i++) {
        putc(',', file);
        if (summary->numeric && moments->finite > 0)
            csv_write_double(file, figures[i]);
    }
    if (summary->numeric)
        fprintf(file, ",%zu,%zu\n", moments->nan, moments->infinite);
    else
        fputs(",,\n", file);
}

static void write_json_row(FILE *file, const struct summary *summary)
{
    static const char *const names[] = {"min", "mean", "max", "std"};
    const struct moments *moments = &summary->moments;
    const double figures[] = {moments->least, moments->mean, moments->greatest,
                              moments_deviation(moments)};
    fputs("{\"name\": ", file);
    if (summary->name)
        json_write_string(file, summary->name);
    else
        fputs("null", file);
    fprintf(file, ", \"dtype\": \"%s\", \"shape\": [", summary->dtype);
    for (int i = 0; i < summary->dimensions; i++)
        fprintf(file, "%s%zu", i ? ", " : "", summary->shape[i]);
    putc(']', file);
    for (int i = 0; i < 4 && summary->numeric; i++) {
        fprintf(file, ", \"%s\": ", names[i]);
        if (moments->finite > 0)
            csv_write_double(file, figures[i]);
        else
            fputs("null", file);
    }
    if (summary->numeric)
        fprintf(file, ", \"nan\": %zu, \"inf\": %zu", moments->nan, moments->infinite);
    putc('}', file);
}

static bool add_summary(void *context, const struct summary *summary, struct error *error)
{
    (void)error;
    struct findings *findings = context;
    FILE *file = findings->records.file;
    bool first = findings->records.rows++ == 0;
    if (findings->json) {
        fputs(first ? "" : ",\n  ", file);
        write_json_row(file, summary);
    } else {
        write_csv_row(file, summary);
    }
    return true;
}

/* Failures are noticed when the output is committed. */
static void write_findings(FILE *file, const struct findings *findings, bool metadata)
{
    if (findings->json)
        fprintf(file, "{\"metadata\": {%s},\n \"records\": [%s]}\n", findings->metadata.text,
                findings->records.text);
    else if (metadata)
        fprintf(file, "key,value\n%s", findings->metadata.text);
    else
        fprintf(file, "name,dtype,shape,min,mean,max,std,nan,inf\n%s", findings->records.text);
}

int main(int argc, char **argv)
{
    static const struct program program = {
        .name = "tensor-info",
        .operands = "[FILE]",
        .summary = "Show the type, shape and statistics of every tensor in an NPY stream, NPZ, "
                   "safetensors, IDX, PNG or JSON file, or of every column of a CSV table.",
        .options = options,
        .parse = parse,
        .common = OPTION_OUTPUT | OPTION_FORMAT_CSV_JSON,
        .most_operands = 1,
    };
    struct common_options common;
    struct settings settings = {0};
    struct error error = {0};
    struct output output;
    options_parse(&program, argc, argv, &common, &settings);

    struct findings findings = {.json = common.format == FORMAT_JSON};
    const struct summary_sink sink = {add_summary, add_metadata, &findings};
    begin_sheet(&findings.metadata);
    begin_sheet(&findings.records);
    struct stream *stream = stream_open(options_operand(&common, 0), &error);
    if (!stream || !summarise(stream, &sink, &error))
        error_exit(&error);
    stream_close(stream);
    end_sheet(&findings.metadata);
    end_sheet(&findings.records);

    if (!output_open(&output, common.output, &error))
        error_exit(&error);
    write_findings(output.file, &findings, settings.metadata);
    if (!output_commit(&output, &error))
        error_exit(&error);
    free(findings.metadata.text);
    free(findings.records.text);
    return EXIT_SUCCESS;
}
