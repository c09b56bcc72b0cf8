#include "tensor/tensor.h"

struct tensor tensor_of_shape(real *data, int dimensions, const size_t *shape)
{
    struct tensor tensor = {.data = data, .dimensions = dimensions};
    for (int i = 0; i < dimensions; i++)
        tensor.shape[i] = shape[i];
    return tensor;
}

struct tensor tensor_scalar(real *data)
{
    return tensor_of_shape(data, 0, NULL);
}

struct tensor tensor_vector(real *data, size_t count)
{
    return tensor_of_shape(data, 1, (const size_t[]){count});
}

struct tensor tensor_matrix(real *data, size_t rows, size_t columns)
{
    return tensor_of_shape(data, 2, (const size_t[]){rows, columns});
}

size_t tensor_rows(const struct tensor *tensor)
{
    size_t rows = 1;
    for (int i = 0; i + 1 < tensor->dimensions; i++)
        rows *= tensor->shape[i];
    return rows;
}

size_t tensor_columns(const struct tensor *tensor)
{
    return tensor->dimensions ? tensor->shape[tensor->dimensions - 1] : 1;
}

size_t tensor_count(const struct tensor *tensor)
{
    return tensor_rows(tensor) * tensor_columns(tensor);
}

bool tensor_same_shape(const struct tensor *a, const struct tensor *b)
{
    if (a->dimensions != b->dimensions)
        return false;
    for (int i = 0; i < a->dimensions; i++)
        if (a->shape[i] != b->shape[i])
            return false;
    return true;
}

size_t tensor_first_not_finite(const real *values, size_t count)
{
    enum { PIECE = 4096 };
    for (size_t first = 0; first < count; first += PIECE) {
        size_t end = count - first < PIECE ? count : first + PIECE;
        real sum = 0; /* of zeros, unless one is not finite: then it is not a number */
#pragma omp simd reduction(+ : sum)
        for (size_t i = first; i < end; i++)
            sum += values[i] - values[i];
        for (size_t i = first; sum != 0 && i < end; i++)
            if (!isfinite(values[i]))
                return i;
    }
    return count;
}

struct tensor tensor_like(const struct tensor *tensor, struct arena *arena)
{
    struct tensor like = *tensor;
    like.data = arena_alloc(arena, tensor_count(tensor), sizeof(real));
    return like;
}
