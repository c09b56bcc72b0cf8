#include "optim/checkpoint.h"

#include "base/memory.h"
#include "io/safetensors.h"

#include <stdlib.h>
#include <string.h>

enum { COUNTERS = 5, FIGURES = 2 };

static void add_moment(struct safetensors *file, const struct parameter *parameter,
                       const char *suffix, const real *values)
{
    if (!values)
        return;
    char *name = memory_format("%s.%s", parameter->name, suffix);
    safetensors_add(file, name, REAL_DTYPE, parameter->value.dimensions, parameter->value.shape,
                    values);
    free(name);
}

bool checkpoint_save(const char *path, const struct checkpoint *state, const struct parameters *set,
                     const struct optimizer *optimizer, const char *identity, struct error *error)
{
    struct safetensors file = {0};
    safetensors_set_metadata(&file, "kind", "tesserae checkpoint");
    safetensors_set_metadata(&file, "identity", identity);
    uint64_t counters[COUNTERS] = {state->step, state->best_step, state->evaluations_since,
                                   state->loss_count, optimizer->steps};
    double figures[FIGURES] = {state->best_figure, state->loss_sum};
    size_t values = parameters_count(set);
    safetensors_add(&file, "training.counters", DTYPE_U64, 1, (const size_t[]){COUNTERS}, counters);
    safetensors_add(&file, "training.figures", DTYPE_F64, 1, (const size_t[]){FIGURES}, figures);
    safetensors_add(&file, "training.best", REAL_DTYPE, 1, &values, state->best_values);
    parameters_save(set, &file);
    for (size_t i = 0; i < set->count; i++) {
        add_moment(&file, set->list[i], "first_moment", set->list[i]->first_moment);
        add_moment(&file, set->list[i], "second_moment", set->list[i]->second_moment);
    }
    bool good = safetensors_save(path, &file, error);
    safetensors_free(&file);
    return good;
}

/* Copies count values of a tensor that must be there with that many. */
static bool take(const struct safetensors *file, const char *name, enum dtype dtype, size_t count,
                 void *values, const char *path, struct error *error)
{
    const struct array *array = safetensors_find(file, name);
    if (!array || array->dtype != dtype || array_count(array) != count)
        return error_set(error, EX_DATAERR,
                         "%s: tensor '%s' is missing or of another shape; expected the checkpoint "
                         "of this run",
                         path, name);
    memcpy(values, array->data, count * dtype_size(dtype));
    return true;
}

static bool take_moment(const struct safetensors *file, const struct parameter *parameter,
                        const char *suffix, real *values, const char *path, struct error *error)
{
    if (!values)
        return true;
    char *name = memory_format("%s.%s", parameter->name, suffix);
    bool good =
        take(file, name, REAL_DTYPE, tensor_count(&parameter->value), values, path, error);
    free(name);
    return good;
}

static bool check_identity(const struct safetensors *file, const char *path, const char *identity,
                           struct error *error)
{
    const char *kind = safetensors_metadata(file, "kind");
    const char *whose = safetensors_metadata(file, "identity");
    if (!kind || strcmp(kind, "tesserae checkpoint") != 0 || !whose)
        return error_set(error, EX_DATAERR, "%s: not a checkpoint", path);
    return strcmp(whose, identity) == 0 ||
           error_set(error, EX_DATAERR,
                     "%s: a checkpoint of another run; expected the same input and options",
                     path);
}

static bool restore(const struct safetensors *file, const char *path, struct checkpoint *state,
                    struct parameters *set, struct optimizer *optimizer, const char *identity,
                    struct error *error)
{
    if (!check_identity(file, path, identity, error))
        return false;
    uint64_t counters[COUNTERS];
    double figures[FIGURES];
    if (!take(file, "training.counters", DTYPE_U64, COUNTERS, counters, path, error) ||
        !take(file, "training.figures", DTYPE_F64, FIGURES, figures, path, error) ||
        !take(file, "training.best", REAL_DTYPE, parameters_count(set), state->best_values, path,
              error) ||
        !parameters_load(set, file, path, error))
        return false;
    optimizer_prepare(optimizer, set);
    for (size_t i = 0; i < set->count; i++) {
        struct parameter *parameter = set->list[i];
        if (!take_moment(file, parameter, "first_moment", parameter->first_moment, path, error) ||
            !take_moment(file, parameter, "second_moment", parameter->second_moment, path, error))
            return false;
    }
    state->step = counters[0];
    state->best_step = counters[1];
    state->evaluations_since = counters[2];
    state->loss_count = counters[3];
    optimizer->steps = counters[4];
    state->best_figure = figures[0];
    state->loss_sum = figures[1];
    return true;
}

bool checkpoint_load(const char *path, struct checkpoint *state, struct parameters *set,
                     struct optimizer *optimizer, const char *identity, struct error *error)
{
    struct safetensors file;
    bool good = safetensors_load(path, &file, error) &&
                restore(&file, path, state, set, optimizer, identity, error);
    safetensors_free(&file);
    return good;
}

bool checkpoint_steps(const char *path, const char *identity, uint64_t *steps, struct error *error)
{
    struct safetensors file;
    uint64_t counters[COUNTERS] = {0};
    bool good = safetensors_load(path, &file, error) &&
                check_identity(&file, path, identity, error) &&
                take(&file, "training.counters", DTYPE_U64, COUNTERS, counters, path, error);
    safetensors_free(&file);
    *steps = counters[0];
    return good;
}
