#include "diffusion/flow.h"

#include "base/rng.h"
#include "base/signals.h"
#include "base/threads.h"

#include <string.h>

double flow_time(const struct flow *flow, size_t step)
{
    return flow->start + (1 - flow->start) * (double)step / (double)flow->steps;
}

void flow_noise(const struct flow *flow, size_t first, size_t count, size_t columns, real *noise)
{
#pragma omp parallel for schedule(static) num_threads(threads_for(count * columns, 1 << 14))
    for (size_t i = 0; i < count; i++) {
        struct rng rng = rng_make(flow->seed, RNG_NOISE, (uint32_t)(first + i));
        for (size_t j = 0; j < columns; j++)
            noise[i * columns + j] = (real)rng_normal(&rng);
    }
}

size_t flow_workspace(const struct flow *flow, size_t count, size_t columns)
{
    return count * columns * (flow->method == FLOW_HEUN ? 4 : 2);
}

/*
 * Puts the known numbers where their path is at a time; noise (count, columns) is where it
 * began.
 */
static void hold_observed(const struct flow_batch *batch, const real *noise, size_t columns,
                          double time, real *z)
{
    real t = (real)time, rest = (real)(1 - time);
    for (size_t i = 0; batch->observed && i < batch->count; i++) {
        const real *observed = batch->observed + i * batch->observed_stride;
        for (size_t j = i * columns; j < (i + 1) * columns; j++, observed++)
            if (!isnan(*observed))
                z[j] = t * *observed + rest * noise[j];
    }
}

/* target = z + share (m - z): a step along (m - z) / (1 - t) of length share (1 - t) */
static void advance(const real *z, const real *mean, double share, size_t n, real *target)
{
    real s = (real)share;
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        target[i] = s < 1 ? z[i] + s * (mean[i] - z[i]) : mean[i];
}

static bool ask(const struct denoiser *denoiser, const struct flow_batch *batch, const real *noisy,
                double time, real *mean, struct error *error)
{
    const struct denoising question = {.noisy = noisy, .count = batch->count, .time = time,
                                       .labels = batch->labels};
    return denoiser_denoise(denoiser, &question, mean, error);
}

/* Heun: z' = z + h v_t(z), then z + h (v_t(z) + v_{t+h}(z')) / 2. */
static bool heun_step(const struct flow *flow, const struct denoiser *denoiser,
                      const struct flow_batch *batch, size_t step, const real *noise, real *mean,
                      real *scratch, struct error *error)
{
    size_t n = batch->count * denoiser->columns;
    double time = flow_time(flow, step), next = flow_time(flow, step + 1), h = next - time;
    real *ahead = scratch, *mean_ahead = scratch + n, *z = batch->samples;
    advance(z, mean, h / (1 - time), n, ahead);
    hold_observed(batch, noise, denoiser->columns, next, ahead);
    if (!ask(denoiser, batch, ahead, next, mean_ahead, error))
        return false;
    real here = (real)(h / 2 / (1 - time)), there = (real)(h / 2 / (1 - next));
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        z[i] += here * (mean[i] - z[i]) + there * (mean_ahead[i] - ahead[i]);
    return true;
}

bool flow_run(const struct flow *flow, const struct denoiser *denoiser, struct flow_batch *batch,
              real *workspace, struct error *error)
{
    size_t columns = denoiser->columns, n = batch->count * columns;
    real *noise = workspace, *mean = workspace + n, *scratch = workspace + 2 * n;
    if (!denoiser_begin(denoiser, batch->first, batch->count, error))
        return false;
    if (batch->observed)
        flow_noise(flow, batch->first, batch->count, columns, noise);
    hold_observed(batch, noise, columns, flow->start, batch->samples);
    for (size_t step = 0; step < flow->steps; step++) {
        bool last = step + 1 == flow->steps;
        double time = flow_time(flow, step), next = last ? 1 : flow_time(flow, step + 1);
        if (signals_pending())
            return error_set(error, EXIT_INTERRUPTED, "interrupted at sample %zu", batch->first);
        if (!ask(denoiser, batch, batch->samples, time, mean, error))
            return false;
        if (last)
            memcpy(batch->samples, mean, n * sizeof *mean);
        else if (flow->method == FLOW_EULER)
            advance(batch->samples, mean, (next - time) / (1 - time), n, batch->samples);
        else if (!heun_step(flow, denoiser, batch, step, noise, mean, scratch, error))
            return false;
        hold_observed(batch, noise, columns, next, batch->samples);
    }
    return true;
}
