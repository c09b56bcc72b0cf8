#include "diffusion/denoiser.h"

#include "tensor/tensor.h"

bool denoiser_begin(const struct denoiser *denoiser, size_t first, size_t count,
                    struct error *error)
{
    return !denoiser->begin || denoiser->begin(denoiser->self, first, count, error);
}

static bool check_question(const struct denoiser *denoiser, const struct denoising *question,
                           struct error *error)
{
    if (!(question->time >= denoiser->least_time && question->time < 1))
        return error_set(error, EX_SOFTWARE, "denoiser: time %g; expected one from %g to below 1",
                         question->time, denoiser->least_time);
    for (size_t i = 0; question->labels && i < question->count; i++)
        if (question->labels[i] >= denoiser->classes)
            return error_set(error, EX_SOFTWARE, "denoiser: class %u; expected one below %zu",
                             (unsigned)question->labels[i], denoiser->classes);
    return true;
}

bool denoiser_denoise(const struct denoiser *denoiser, const struct denoising *question,
                      real *mean, struct error *error)
{
    if (!check_question(denoiser, question, error) ||
        !denoiser->denoise(denoiser->self, question, mean, error))
        return false;
    size_t n = question->count * denoiser->columns, bad = tensor_first_not_finite(mean, n);
    return bad == n ||
           error_set(error, EX_DATAERR,
                     "denoiser: number %zu of its answer at time %g is not finite", bad,
                     question->time);
}

void denoiser_release(struct denoiser *denoiser)
{
    if (denoiser->release)
        denoiser->release(denoiser->self);
    *denoiser = (struct denoiser){0};
}

void denoiser_noise_of_mean(const real *noisy, const real *mean, double time, size_t n, real *noise)
{
    real t = (real)time, rest = (real)(1 - time);
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        noise[i] = (noisy[i] - t * mean[i]) / rest;
}

void denoiser_mean_of_noise(const real *noisy, const real *noise, double time, size_t n, real *mean)
{
    real t = (real)time, rest = (real)(1 - time);
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        mean[i] = (noisy[i] - rest * noise[i]) / t;
}
