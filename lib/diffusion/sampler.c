#include "diffusion/sampler.h"

#include "base/memory.h"
#include "base/progress.h"

#include <stdlib.h>

/* z at the start of the flow: noise e, or what a flow over Gaussian data makes of it. */
static void start_batch(const struct sampler *s, const struct flow_batch *batch)
{
    size_t columns = s->denoiser->columns;
    flow_noise(&s->flow, batch->first, batch->count, columns, batch->samples);
    if (s->flow.start == 0)
        return;
    if (s->start) {
        gaussian_start_apply(s->start, batch->samples, batch->count);
        return;
    }
    for (size_t i = 0; i < batch->count * columns; i++)
        batch->samples[i] *= (real)(1 - s->flow.start);
}

bool sampler_run(struct sampler *s, struct error *error)
{
    size_t columns = s->denoiser->columns, most = s->batch < s->count ? s->batch : s->count;
    real *samples = memory_alloc(most * columns, sizeof *samples);
    real *workspace = memory_alloc(flow_workspace(&s->flow, most, columns), sizeof *workspace);
    struct progress progress;
    progress_start(&progress, "samples", s->count, s->show_progress);
    bool good = true;
    for (s->done = 0; good && s->done < s->count;) {
        struct flow_batch batch = {.first = s->done, .samples = samples,
                                   .count = s->count - s->done < most ? s->count - s->done : most,
                                   .labels = s->labels ? s->labels + s->done : NULL,
                                   .observed = s->observed,
                                   .observed_stride = s->observed_rows > 1 ? columns : 0};
        if (s->observed_rows > 1)
            batch.observed += s->done * columns;
        start_batch(s, &batch);
        good = flow_run(&s->flow, s->denoiser, &batch, workspace, error) &&
               s->finished(s->context, samples, batch.count, error);
        s->done += good ? batch.count : 0;
        progress_update(&progress, s->done, NULL, 0);
    }
    progress_finish(&progress);
    free(workspace);
    free(samples);
    return good;
}
