/* Questions to a denoiser: whatever the stream holds is answered or refused. */
#include "base/memory.h"
#include "diffusion/denoiser_protocol.h"

#include "fuzz.h"

#include <stdlib.h>

enum { COLUMNS = 2, CLASSES = 3 };

/* m = z, once every label has been looked at. */
static bool denoise(void *self, const struct denoising *question, real *mean, struct error *error)
{
    (void)self;
    for (size_t i = 0; question->labels && i < question->count; i++)
        if (question->labels[i] >= CLASSES)
            return error_set(error, EX_SOFTWARE, "a class that was not checked");
    for (size_t i = 0; i < question->count * COLUMNS; i++)
        mean[i] = question->noisy[i];
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const struct denoiser denoiser = {.columns = COLUMNS, .classes = CLASSES, .denoise = denoise};
    const struct record_shape shape = {.dimensions = 1, .sizes = {COLUMNS}};
    struct error error = {0};
    struct denoiser_service service;
    struct stream *stream = stream_from_memory(bytes, count, "fuzz");
    char *answers;
    size_t answered;
    struct output output = {.file = memory_stream_open(&answers, &answered), .slot = -1};
    (void)denoiser_serve(&denoiser, &shape, stream, &output, &service, &error);
    if (error.exit_code == EX_SOFTWARE)
        abort();
    memory_stream_close(output.file, &answers);
    free(answers);
    stream_close(stream);
    return 0;
}
