/* The denoiser protocol: questions to processes, and answers to questions in memory. */
#include "base/memory.h"
#include "check_main.h"
#include "diffusion/denoiser_protocol.h"
#include "io/npy.h"

#include <math.h>
#include <string.h>

/* --- a denoiser to answer for: m = z / 2 + label + 1, or z / 2 without a label --- */

struct halver {
    size_t begun, questions;
};

static bool begin(void *self, size_t first, size_t count, struct error *error)
{
    (void)first;
    (void)count;
    (void)error;
    ((struct halver *)self)->begun++;
    return true;
}

static bool halve(void *self, const struct denoising *question, real *mean, struct error *error)
{
    (void)error;
    ((struct halver *)self)->questions++;
    for (size_t i = 0; i < question->count * 6; i++)
        mean[i] = question->noisy[i] / 2 + (question->labels ? question->labels[i / 6] + 1 : 0);
    return true;
}

static const struct record_shape shape = {.dimensions = 2, .sizes = {2, 3}};

static struct denoiser halver_denoiser(struct halver *halver)
{
    return (struct denoiser){.columns = 6, .classes = 4, .least_time = 0.01, .begin = begin,
                             .denoise = halve, .self = halver};
}

/* A stream of questions in memory. */
struct text {
    char *bytes;
    size_t count;
    struct output output;
};

static void text_open(struct text *text)
{
    text->output = (struct output){.file = memory_stream_open(&text->bytes, &text->count),
                                   .slot = -1};
}

static void text_close(struct text *text)
{
    memory_stream_close(text->output.file, &text->bytes);
}

static void add(struct text *text, enum dtype dtype, int dimensions, const size_t *sizes,
                const void *data)
{
    struct error error = {0};
    struct array array = {.dtype = dtype, .dimensions = dimensions,
                          .data = (void *)(uintptr_t)data};
    for (int i = 0; i < dimensions; i++)
        array.shape[i] = sizes[i];
    ck_assert(npy_write(&text->output, &array, &error));
}

/* Serves what the text holds; the answers go to *answers. */
static bool serve(struct text *text, struct text *answers, struct halver *halver,
                  struct denoiser_service *service, struct error *error)
{
    const struct denoiser denoiser = halver_denoiser(halver);
    struct stream *stream = stream_from_memory(text->bytes, text->count, "questions");
    text_open(answers);
    bool good = denoiser_serve(&denoiser, &shape, stream, &answers->output, service, error);
    text_close(answers);
    stream_close(stream);
    return good;
}

START_TEST(serving)
{
    struct text text, answers;
    struct error error = {0};
    struct denoiser_service service;
    struct halver halver = {0};
    const double z[4 * 6] = {1, 2, 3, 4, 5, 6, 1, 1, 1, 1, 1, 1,
                             2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3};
    const float times[4] = {0.5f, 0.5f, 0.5f, 0.25f};
    const int64_t labels[4] = {-1, 2, 0, 3};
    text_open(&text);
    add(&text, DTYPE_F64, 3, (size_t[]){4, 2, 3}, z);
    add(&text, DTYPE_F32, 1, (size_t[]){4}, times);
    add(&text, DTYPE_I64, 1, (size_t[]){4}, labels);
    add(&text, DTYPE_F64, 2, (size_t[]){2, 6}, z); /* flat records, one time, no class */
    add(&text, DTYPE_F32, 0, (size_t[]){0}, times);
    add(&text, DTYPE_F32, 1, (size_t[]){0}, NULL);
    text_close(&text);
    ck_assert_msg(serve(&text, &answers, &halver, &service, &error), "%s", error.message);
    ck_assert_uint_eq(service.questions, 2);
    ck_assert_uint_eq(service.rows, 6);
    ck_assert_uint_eq(halver.questions, 4); /* three runs of rows, and the second question */

    struct stream *stream = stream_from_memory(answers.bytes, answers.count, "answers");
    struct array noise;
    bool end;
    ck_assert(npy_read(stream, &noise, &end, &error) && !end);
    ck_assert(noise.dtype == DTYPE_F32 && noise.dimensions == 3 && noise.shape[0] == 4);
    for (size_t i = 0; i < 24; i++) {
        double t = (double)times[i / 6], mean = z[i] / 2 + (double)labels[i / 6] + 1;
        ck_assert(fabs(array_value(&noise, i) - (z[i] - t * mean) / (1 - t)) < 1e-6);
    }
    array_free(&noise);
    ck_assert(npy_read(stream, &noise, &end, &error) && !end);
    ck_assert(noise.dimensions == 2 && noise.shape[0] == 2 && noise.shape[1] == 6);
    array_free(&noise);
    ck_assert(npy_read(stream, &noise, &end, &error) && end);
    stream_close(stream);
    free(text.bytes);
    free(answers.bytes);
}
END_TEST

/* A question of one row with one thing wrong. */
static void question_fails(const char *words, int z_dimensions, const size_t *z_shape,
                           const float *z, float time, size_t labels, int32_t label)
{
    struct text text, answers;
    struct error error = {0};
    struct denoiser_service service;
    struct halver halver = {0};
    const int32_t many[2] = {label, label};
    text_open(&text);
    add(&text, DTYPE_F32, z_dimensions, z_shape, z);
    if (time >= 0)
        add(&text, DTYPE_F32, 1, (size_t[]){1}, &time);
    if (labels < 3)
        add(&text, DTYPE_I32, 1, &labels, many);
    text_close(&text);
    ck_assert(!serve(&text, &answers, &halver, &service, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_msg(strstr(error.message, words), "%s", error.message);
    ck_assert_uint_eq(answers.count, 0);
    free(text.bytes);
    free(answers.bytes);
}

START_TEST(wrong_questions)
{
    const float z[12] = {0}, not_finite[6] = {0, NAN};
    question_fails("another shape", 3, (size_t[]){1, 3, 2}, z, 0.5f, 0, 0);
    question_fails("another shape", 2, (size_t[]){1, 5}, z, 0.5f, 0, 0);
    question_fails("another shape", 3, (size_t[]){0, 2, 3}, z, 0.5f, 0, 0);
    question_fails("not finite", 3, (size_t[]){1, 2, 3}, not_finite, 0.5f, 0, 0);
    question_fails("time 1;", 3, (size_t[]){1, 2, 3}, z, 1.0f, 0, 0);
    question_fails("time 0;", 3, (size_t[]){1, 2, 3}, z, 0.0f, 0, 0);
    question_fails("class 4; the model has 4", 3, (size_t[]){1, 2, 3}, z, 0.5f, 1, 4);
    question_fails("class -2", 3, (size_t[]){1, 2, 3}, z, 0.5f, 1, -2);
    question_fails("one integer for each", 3, (size_t[]){1, 2, 3}, z, 0.5f, 2, 0);
    question_fails("expected the times", 3, (size_t[]){1, 2, 3}, z, -1, 3, 0);
    question_fails("expected the condition", 3, (size_t[]){1, 2, 3}, z, 0.5f, 3, 0);
}
END_TEST

/* --- processes: shell commands that answer with what they were given --- */

static bool ask(const char *command, double timeout, real *mean, struct error *error)
{
    const real noisy[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    const struct denoising question = {.noisy = noisy, .count = 2, .time = 0.25};
    struct denoiser denoiser;
    ck_assert(process_denoiser_open(
        &denoiser,
        &(struct process_denoiser_options){.command = command, .shape = shape, .timeout = timeout},
        error));
    bool good = denoiser_denoise(&denoiser, &question, mean, error);
    error_quiet(true);
    denoiser_release(&denoiser);
    return good;
}

/* The records of the question: 128 + 48 bytes of x_t, 128 + 8 of t, 128 of no condition. */
START_TEST(process_answers)
{
    struct error error = {0};
    real mean[12];
    ck_assert_msg(ask("head -c 176; cat > /dev/null", 30, mean, &error), "%s", error.message);
    for (size_t i = 0; i < 12; i++) /* the noise is x_t: m = (z - 0.75 z) / 0.25 = z */
        ck_assert(fabs(mean[i] - (real)(i + 1)) < 1e-6);
}
END_TEST

static void process_fails(const char *command, int code, const char *words)
{
    struct error error = {0};
    real mean[12];
    ck_assert(!ask(command, 0.5, mean, &error));
    ck_assert_int_eq(error.exit_code, code);
    ck_assert_msg(strstr(error.message, words), "%s", error.message);
}

START_TEST(process_failures)
{
    process_fails("cat > /dev/null", EX_UNAVAILABLE, "did not answer within 0.5");
    process_fails("exit 1", EX_UNAVAILABLE, "exit code 1");
    process_fails("echo this is not what was asked for; cat > /dev/null", EX_DATAERR,
                  "record 1: no NPY signature");
    process_fails("head -c 176 > /dev/null; cat", EX_DATAERR,
                  "record 1 has the shape (2); expected (2, 2, 3)");
    process_fails("head -c 150; cat > /dev/null & sleep 0.1; exec >&-; cat", EX_UNAVAILABLE, "'");
    process_fails("printf '\\223NUMPY\\001\\000\\010\\000{broken}'; cat > /dev/null", EX_DATAERR,
                  "malformed NPY header");
    process_fails("printf '\\223NUMPY\\003\\000\\377\\377\\377\\377'; cat > /dev/null", EX_DATAERR,
                  "an NPY header of");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("denoiser_protocol");
    TCase *cases = tcase_create("protocol");
    tcase_add_test(cases, serving);
    tcase_add_test(cases, wrong_questions);
    tcase_add_test(cases, process_answers);
    tcase_add_test(cases, process_failures);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
