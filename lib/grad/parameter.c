#include "grad/parameter.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct parameter *parameters_add(struct parameters *set, const char *name, int dimensions,
                                 const size_t *shape)
{
    struct parameter *parameter = memory_zeroed(1, sizeof *parameter);
    parameter->name = memory_copy_string(name);
    parameter->value = tensor_of_shape(NULL, dimensions, shape);
    size_t count = tensor_count(&parameter->value);
    parameter->value.data = memory_zeroed(count, sizeof(real));
    parameter->gradient = memory_zeroed(count, sizeof(real));
    parameter->rate_scale = 1;
    parameter->decays = true;
    parameters_lend(set, parameter);
    return parameter;
}

void parameters_lend(struct parameters *set, struct parameter *parameter)
{
    set->list = memory_grow(set->list, &set->capacity, set->count + 1, sizeof(void *));
    set->list[set->count++] = parameter;
}

void parameter_start_glorot(struct parameter *weight, struct rng *rng)
{
    double fans = (double)weight->value.shape[0] + (double)weight->value.shape[1];
    double bound = sqrt(6 / fans);
    for (size_t i = 0, n = tensor_count(&weight->value); i < n; i++)
        weight->value.data[i] = (real)((2 * rng_uniform(rng) - 1) * bound);
}

struct parameter *parameters_find(const struct parameters *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->list[i]->name, name) == 0)
            return set->list[i];
    return NULL;
}

size_t parameters_count(const struct parameters *set)
{
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++)
        count += tensor_count(&set->list[i]->value);
    return count;
}

void parameters_zero_gradient(struct parameters *set)
{
    for (size_t i = 0; i < set->count; i++)
        memset(set->list[i]->gradient, 0, tensor_count(&set->list[i]->value) * sizeof(real));
}

void parameters_copy_values(const struct parameters *set, real *values)
{
    for (size_t i = 0; i < set->count; i++) {
        size_t count = tensor_count(&set->list[i]->value);
        memcpy(values, set->list[i]->value.data, count * sizeof(real));
        values += count;
    }
}

void parameters_set_values(struct parameters *set, const real *values)
{
    for (size_t i = 0; i < set->count; i++) {
        size_t count = tensor_count(&set->list[i]->value);
        memcpy(set->list[i]->value.data, values, count * sizeof(real));
        values += count;
    }
}

void parameters_save(const struct parameters *set, struct safetensors *file)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct tensor *value = &set->list[i]->value;
        safetensors_add(file, set->list[i]->name, REAL_DTYPE, value->dimensions, value->shape,
                        value->data);
    }
}

static bool same_shape(const struct tensor *value, const struct array *array)
{
    return value->dimensions == array->dimensions &&
           memcmp(value->shape, array->shape, (size_t)value->dimensions * sizeof(size_t)) == 0;
}

/* Whether the file has a parameter's values, of its shape and all finite. */
static bool fits(const struct parameter *parameter, const struct safetensors *file,
                 const char *place, struct error *error)
{
    const char *name = parameter->name;
    const struct array *array = safetensors_find(file, name);
    if (!array)
        return error_set(error, EX_DATAERR, "%s: tensor '%s' is missing", place, name);
    if (!same_shape(&parameter->value, array))
        return error_set(error, EX_DATAERR,
                         "%s: tensor '%s' has another shape than the configuration says", place,
                         name);
    for (size_t k = 0, count = array_count(array); k < count; k++)
        if (!isfinite((real)array_value(array, k)))
            return error_set(error, EX_DATAERR, "%s: tensor '%s' holds a value that is not finite",
                             place, name);
    return true;
}

bool parameters_load(struct parameters *set, const struct safetensors *file, const char *place,
                     struct error *error)
{
    for (size_t i = 0; i < set->count; i++)
        if (!fits(set->list[i], file, place, error))
            return false;
    for (size_t i = 0; i < set->count; i++) {
        const struct tensor *value = &set->list[i]->value;
        const struct array *array = safetensors_find(file, set->list[i]->name);
        for (size_t k = 0, count = tensor_count(value); k < count; k++)
            value->data[k] = (real)array_value(array, k);
    }
    return true;
}

void parameters_free(struct parameters *set)
{
    parameters_return(set, 0);
}

void parameters_return(struct parameters *set, size_t lent)
{
    for (size_t i = lent; i < set->count; i++) {
        struct parameter *parameter = set->list[i];
        free(parameter->name);
        free(parameter->value.data);
        free(parameter->gradient);
        free(parameter->first_moment);
        free(parameter->second_moment);
        free(parameter);
    }
    free(set->list);
    *set = (struct parameters){0};
}
