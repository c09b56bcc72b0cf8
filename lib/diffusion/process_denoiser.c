#include "base/memory.h"
#include "diffusion/denoiser_protocol.h"
#include "io/coprocess.h"
#include "io/npy.h"

#include <stdlib.h>
#include <string.h>

/* The noise tells of the data only through 1 / t; before this t rounding would take over. */
static const double least_time = 1e-3;

struct process {
    struct coprocess *coprocess;
    struct record_shape shape;
    size_t columns;
    struct stream *answers; /* NULL before the first */
    float *room;     /* questions and answers as floats, where reals are something else */
    size_t capacity;
    float *times;
    int32_t *labels;
    size_t rows_capacity;
};

/* --- the question --- */

/* The shape of x_t, and of the answer; returns the number of its dimensions. */
static int question_shape(const struct process *process, size_t count,
                          size_t shape[ARRAY_MOST_DIMENSIONS])
{
    shape[0] = count;
    memcpy(shape + 1, process->shape.sizes,
           (size_t)process->shape.dimensions * sizeof *shape);
    return process->shape.dimensions + 1;
}

/* Appends a record: its header is made in memory, its data go out as they are. */
static bool send_record(struct process *process, enum dtype dtype, int dimensions,
                        const size_t *shape, const void *data, struct error *error)
{
    char *header;
    size_t header_bytes, bytes;
    struct output output = {.slot = -1};
    if (!array_check_shape(dtype, dimensions, shape, &bytes, "question", error))
        return false;
    output.file = memory_stream_open(&header, &header_bytes);
    bool good = npy_write_header(&output, dtype, dimensions, shape, error);
    memory_stream_close(output.file, &header);
    good = good && coprocess_write(process->coprocess, header, header_bytes, error) &&
           coprocess_write(process->coprocess, data, bytes, error);
    free(header);
    return good;
}

/* n reals as floats: themselves, or a copy in the room. */
static const float *as_floats(struct process *process, const real *values, size_t n)
{
    if (REAL_DTYPE == DTYPE_F32)
        return (const float *)(const void *)values;
    process->room = memory_grow(process->room, &process->capacity, n, sizeof *process->room);
    for (size_t i = 0; i < n; i++)
        process->room[i] = (float)values[i];
    return process->room;
}

static bool ask(struct process *process, const struct denoising *question, struct error *error)
{
    size_t shape[ARRAY_MOST_DIMENSIONS], count = question->count, none = 0;
    int dimensions = question_shape(process, count, shape);
    size_t capacity = process->rows_capacity;
    process->times = memory_grow(process->times, &capacity, count, sizeof *process->times);
    process->labels = memory_grow(process->labels, &process->rows_capacity, count,
                                  sizeof *process->labels);
    for (size_t i = 0; i < count; i++) {
        process->times[i] = (float)question->time;
        process->labels[i] = question->labels ? (int32_t)question->labels[i] : -1;
    }
    return send_record(process, DTYPE_F32, dimensions, shape,
                       as_floats(process, question->noisy, count * process->columns), error) &&
           send_record(process, DTYPE_F32, 1, &count, process->times, error) &&
           send_record(process, DTYPE_I32, 1, question->labels ? &count : &none, process->labels,
                       error);
}

/* --- the answer --- */

static bool has_shape(const struct npy_header *header, int dimensions, const size_t *shape)
{
    return header->dimensions == dimensions &&
           memcmp(header->shape, shape, (size_t)dimensions * sizeof *shape) == 0;
}

static void print_shape(int dimensions, const size_t *shape, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "(");
    for (int i = 0; i < dimensions && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, i ? ", %zu" : "%zu", shape[i]);
    if (used < size)
        snprintf(text + used, size - used, ")");
}

static bool refuse_shape(const struct process *process, const struct npy_header *header,
                         int dimensions, const size_t *shape, struct error *error)
{
    char got[128], expected[128];
    print_shape(header->dimensions, header->shape, got, sizeof got);
    print_shape(dimensions, shape, expected, sizeof expected);
    return error_set(error, EX_DATAERR, "%s: record %zu has the shape %s; expected %s",
                     stream_name(process->answers), stream_records(process->answers), got,
                     expected);
}

/* Answers that lie in memory in another way go through an array. */
static bool convert_noise(struct process *process, const struct npy_header *header, real *noise,
                          size_t n, struct error *error)
{
    struct array array;
    if (!npy_read_data(process->answers, header, &array, error))
        return false;
    for (size_t i = 0; i < n; i++)
        noise[i] = (real)array_value(&array, i);
    array_free(&array);
    return true;
}

/*
 * The noise behind the header, as the mean. Pieces become means while they are in the cache, and
 * while the process is writing the next one.
 */
static bool read_mean(struct process *process, const struct npy_header *header,
                      const struct denoising *question, real *mean, struct error *error)
{
    enum { PIECE = 1 << 17 }; /* more than what a stream buffers, which it would copy */
    size_t n = question->count * process->columns;
    bool as_it_is = header->dtype == REAL_DTYPE && !header->swapped && !header->fortran_order;
    if (!as_it_is && !convert_noise(process, header, mean, n, error))
        return false;
    for (size_t first = 0; first < n; first += PIECE) {
        size_t count = n - first < PIECE ? n - first : PIECE;
        if (as_it_is &&
            !stream_read_exactly(process->answers, mean + first, count * sizeof *mean, error))
            return false;
        denoiser_mean_of_noise(question->noisy + first, mean + first, question->time, count,
                               mean + first);
    }
    return true;
}

static bool read_answer(struct process *process, const struct denoising *question, real *mean,
                        struct error *error)
{
    size_t shape[ARRAY_MOST_DIMENSIONS];
    int dimensions = question_shape(process, question->count, shape);
    const char *name = coprocess_command(process->coprocess);
    struct npy_header header;
    bool end;
    if (!process->answers)
        process->answers = stream_from_source(coprocess_read, process->coprocess, name, error);
    if (!process->answers || !npy_read_header(process->answers, &header, &end, error) || end)
        return false;
    if (!has_shape(&header, dimensions, shape))
        return refuse_shape(process, &header, dimensions, shape, error);
    return read_mean(process, &header, question, mean, error);
}

/* --- the denoiser --- */

static bool denoise(void *self, const struct denoising *question, real *mean, struct error *error)
{
    struct process *process = self;
    return ask(process, question, error) && read_answer(process, question, mean, error);
}

static void release(void *self)
{
    struct process *process = self;
    struct error error = {0};
    if (!coprocess_finish(process->coprocess, &error))
        error_warn("%s", error.message);
    stream_close(process->answers);
    free(process->room);
    free(process->times);
    free(process->labels);
    free(process);
}

bool process_denoiser_open(struct denoiser *denoiser,
                           const struct process_denoiser_options *options, struct error *error)
{
    struct process *process = memory_zeroed(1, sizeof *process);
    process->shape = options->shape;
    process->columns = record_shape_count(&options->shape);
    process->coprocess = coprocess_start(options->command, options->timeout, error);
    if (!process->coprocess) {
        free(process);
        return false;
    }
    *denoiser = (struct denoiser){.columns = process->columns, .classes = INT32_MAX,
                                  .least_time = least_time, .denoise = denoise,
                                  .release = release, .self = process};
    return true;
}
