/* Summaries: inputs of any kind, told apart by their first bytes, as tensor-info reads them. */
#include "io/summary.h"

#include "fuzz.h"

static bool take_summary(void *context, const struct summary *summary, struct error *error)
{
    (void)error;
    *(double *)context += summary->numeric ? moments_deviation(&summary->moments) : 0;
    return true;
}

static bool take_metadata(void *context, const char *key, const char *value, struct error *error)
{
    (void)error;
    *(double *)context += key[0] + value[0];
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    double sum = 0;
    struct error error = {0};
    const struct summary_sink sink = {take_summary, take_metadata, &sum};
    struct stream *stream = stream_from_memory(bytes, count, "fuzz");
    summarise(stream, &sink, &error);
    stream_close(stream);
    return 0;
}
