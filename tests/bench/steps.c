#include "steps.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "optim/optimizer.h"

#include <stdio.h>
#include <stdlib.h>

void steps_write(const struct steps *steps, struct safetensors *file, const char *path)
{
    struct error error = {0};
    double loss = steps->differentiate(steps->context);
    safetensors_add(file, "loss", DTYPE_F64, 1, (const size_t[]){1}, &loss);
    parameters_save(steps->set, file);
    for (size_t i = 0; i < steps->set->count; i++) {
        const struct parameter *parameter = steps->set->list[i];
        char *name = memory_format("gradient.%s", parameter->name);
        size_t count = tensor_count(&parameter->value);
        safetensors_add(file, name, DTYPE_F32, 1, &count, parameter->gradient);
        free(name);
    }
    if (!safetensors_save(path, file, &error))
        error_exit(&error);
    safetensors_free(file);
}

void steps_serve(const struct steps *steps)
{
    struct optimizer optimizer = optimizer_make(OPTIMIZER_ADAM);
    puts("ready");
    fflush(stdout);
    char line[32];
    while (fgets(line, sizeof line, stdin)) {
        size_t count = strtoul(line, NULL, 10);
        double started = progress_seconds(), processor = progress_processor_seconds();
        for (size_t i = 0; i < count; i++) {
            steps->differentiate(steps->context);
            if (steps->rate > 0)
                optimizer_step(&optimizer, steps->set, steps->rate);
        }
        printf("%.9f %.9f %zu\n", (progress_seconds() - started) / (double)count,
               (progress_processor_seconds() - processor) / (double)count, memory_peak_bytes());
        fflush(stdout);
    }
}
