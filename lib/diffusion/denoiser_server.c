#include "base/memory.h"
#include "diffusion/denoiser_protocol.h"
#include "io/npy.h"
#include "tensor/tensor.h"

#include <stdlib.h>
#include <string.h>

/* One question, as reals. */
struct asked {
    struct array noisy;   /* keeps its shape for the answer */
    size_t count;
    real *z;              /* (count, columns) */
    double *times;        /* (count) */
    int64_t *labels;      /* (count): -1 for none */
};

struct server {
    const struct denoiser *denoiser;
    const struct record_shape *shape;
    struct stream *input;
    struct output *output;
    size_t begun;         /* rows that the denoiser was last told of */
};

static void free_asked(struct asked *asked)
{
    array_free(&asked->noisy);
    free(asked->z);
    free(asked->times);
    free(asked->labels);
    *asked = (struct asked){0};
}

/* A record that must be there, since its question has begun. */
static bool read_part(struct server *server, const char *what, struct array *array,
                      struct error *error)
{
    bool end;
    if (!npy_read(server->input, array, &end, error))
        return false;
    return !end || error_set(error, EX_DATAERR,
                             "%s: the stream ends within a question; expected %s",
                             stream_name(server->input), what);
}

static bool fits_shape(const struct record_shape *shape, const struct array *array)
{
    if (array->dimensions < 1 || array->shape[0] == 0)
        return false;
    if (array->dimensions == 2 && array->shape[1] == record_shape_count(shape))
        return true; /* flat records */
    return array->dimensions == shape->dimensions + 1 &&
           memcmp(array->shape + 1, shape->sizes,
                  (size_t)shape->dimensions * sizeof *shape->sizes) == 0;
}

static bool take_noisy(struct server *server, struct asked *asked, struct error *error)
{
    size_t columns = server->denoiser->columns;
    if (!fits_shape(server->shape, &asked->noisy))
        return error_set(error, EX_DATAERR,
                         "%s: the noisy data have another shape than the model; expected rows of "
                         "%zu numbers", stream_name(server->input), columns);
    asked->count = asked->noisy.shape[0];
    asked->z = memory_alloc(asked->count * columns, sizeof *asked->z);
    if (asked->noisy.dtype == REAL_DTYPE)
        memcpy(asked->z, asked->noisy.data, asked->count * columns * sizeof *asked->z);
    else
        for (size_t i = 0; i < asked->count * columns; i++)
            asked->z[i] = (real)array_value(&asked->noisy, i);
    size_t n = asked->count * columns, bad = tensor_first_not_finite(asked->z, n);
    return bad == n || error_set(error, EX_DATAERR, "%s: row %zu of the noisy data is not finite",
                                 stream_name(server->input), bad / columns);
}

/* Times: one for each row, or one for all. */
static bool take_times(struct server *server, const struct array *array, struct asked *asked,
                       struct error *error)
{
    size_t given = array_count(array);
    if (array->dimensions > 1 || (given != asked->count && given != 1))
        return error_set(error, EX_DATAERR, "%s: %zu times for %zu rows; expected as many",
                         stream_name(server->input), given, asked->count);
    asked->times = memory_alloc(asked->count, sizeof *asked->times);
    for (size_t i = 0; i < asked->count; i++) {
        double t = asked->times[i] = array_value(array, given == 1 ? 0 : i);
        if (!(t >= server->denoiser->least_time && t >= 0 && t < 1))
            return error_set(error, EX_DATAERR, "%s: time %g; expected one from %g to below 1",
                             stream_name(server->input), t, server->denoiser->least_time);
    }
    return true;
}

static bool take_condition(struct server *server, const struct array *array, struct asked *asked,
                           struct error *error)
{
    size_t given = array_count(array);
    asked->labels = memory_alloc(asked->count, sizeof *asked->labels);
    if (given > 0 && (array->dimensions != 1 || given != asked->count ||
                      !dtype_is_integer(array->dtype)))
        return error_set(error, EX_DATAERR,
                         "%s: the condition is not of one integer for each of %zu rows; expected "
                         "that, or shape (0)", stream_name(server->input), asked->count);
    for (size_t i = 0; i < asked->count; i++) {
        double label = given > 0 ? array_value(array, i) : -1;
        if (label < -1 || label >= (double)server->denoiser->classes)
            return error_set(error, EX_DATAERR, "%s: class %g; the model has %zu of them",
                             stream_name(server->input), label, server->denoiser->classes);
        asked->labels[i] = (int64_t)label;
    }
    return true;
}

/* Reads a question; *end when there is none. */
static bool read_question(struct server *server, struct asked *asked, bool *end,
                          struct error *error)
{
    struct array times = {0}, condition = {0};
    if (!npy_read(server->input, &asked->noisy, end, error) || *end)
        return !error->exit_code;
    bool good = read_part(server, "the times", &times, error) &&
                read_part(server, "the condition", &condition, error) &&
                take_noisy(server, asked, error) && take_times(server, &times, asked, error) &&
                take_condition(server, &condition, asked, error);
    array_free(&times);
    array_free(&condition);
    return good;
}

/* Rows from `first` on that have the same time, and all a class or all none. */
static size_t length_of_run(const struct asked *asked, size_t first)
{
    size_t end = first + 1;
    while (end < asked->count && asked->times[end] == asked->times[first] &&
           (asked->labels[end] < 0) == (asked->labels[first] < 0))
        end++;
    return end - first;
}

/* Replaces the noisy rows by the noise in them. */
static bool answer_run(struct server *server, struct asked *asked, size_t first, size_t count,
                       struct error *error)
{
    size_t columns = server->denoiser->columns;
    real *z = asked->z + first * columns;
    real *mean = memory_alloc(count * columns, sizeof *mean);
    uint32_t *labels = memory_alloc(count, sizeof *labels);
    for (size_t i = 0; i < count; i++)
        labels[i] = (uint32_t)asked->labels[first + i];
    const struct denoising question = {.noisy = z, .count = count, .time = asked->times[first],
                                       .labels = asked->labels[first] < 0 ? NULL : labels};
    bool good = true;
    if (server->begun != count || first > 0)
        good = denoiser_begin(server->denoiser, first, count, error);
    server->begun = first > 0 ? 0 : count;
    good = good && denoiser_denoise(server->denoiser, &question, mean, error);
    if (good)
        denoiser_noise_of_mean(z, mean, question.time, count * columns, z);
    free(mean);
    free(labels);
    return good;
}

static bool write_answer(const struct server *server, const struct asked *asked,
                         struct error *error)
{
    const struct array *shape = &asked->noisy;
    size_t n = asked->count * server->denoiser->columns;
    struct array answer = array_make(DTYPE_F32, shape->dimensions, shape->shape);
    for (size_t i = 0; i < n; i++)
        ((float *)answer.data)[i] = (float)asked->z[i];
    bool good = npy_write(server->output, &answer, error);
    array_free(&answer);
    if (good && fflush(server->output->file) != 0)
        return error_set_errno(error, EX_IOERR, "%s: cannot write", server->output->name);
    return good;
}

bool denoiser_serve(const struct denoiser *denoiser, const struct record_shape *shape,
                    struct stream *input, struct output *output,
                    struct denoiser_service *service, struct error *error)
{
    struct server server = {.denoiser = denoiser, .shape = shape, .input = input,
                            .output = output};
    bool good = true, end = false;
    *service = (struct denoiser_service){0};
    while (good && !end) {
        struct asked asked = {0};
        good = read_question(&server, &asked, &end, error);
        for (size_t i = 0; good && i < asked.count;) {
            size_t count = length_of_run(&asked, i);
            good = answer_run(&server, &asked, i, count, error);
            i += count;
        }
        good = good && (end || write_answer(&server, &asked, error));
        service->questions += good && !end;
        service->rows += good ? asked.count : 0;
        free_asked(&asked);
    }
    return good;
}
