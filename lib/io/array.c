#include "io/array.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { BLOCK = 512 }; /* elements that a conversion holds at a time */

static const struct {
    const char *name;
    size_t size;
} dtypes[DTYPE_COUNT] = {
    [DTYPE_BOOL] = {"bool", 1},       [DTYPE_U8] = {"uint8", 1},    [DTYPE_I8] = {"int8", 1},
    [DTYPE_U16] = {"uint16", 2},      [DTYPE_I16] = {"int16", 2},   [DTYPE_U32] = {"uint32", 4},
    [DTYPE_I32] = {"int32", 4},       [DTYPE_U64] = {"uint64", 8},  [DTYPE_I64] = {"int64", 8},
    [DTYPE_F16] = {"float16", 2},     [DTYPE_BF16] = {"bfloat16", 2}, [DTYPE_F32] = {"float32", 4},
    [DTYPE_F64] = {"float64", 8},
};

size_t dtype_size(enum dtype dtype)
{
    return dtypes[dtype].size;
}

const char *dtype_name(enum dtype dtype)
{
    return dtypes[dtype].name;
}

bool dtype_from_name(const char *name, enum dtype *dtype)
{
    for (int i = 0; i < DTYPE_COUNT; i++)
        if (strcmp(name, dtypes[i].name) == 0) {
            *dtype = (enum dtype)i;
            return true;
        }
    return false;
}

bool dtype_is_integer(enum dtype dtype)
{
    return dtype < DTYPE_F16;
}

size_t array_count(const struct array *array)
{
    size_t count = 1;
    for (int i = 0; i < array->dimensions; i++)
        count *= array->shape[i];
    return count;
}

size_t array_bytes(const struct array *array)
{
    return array_count(array) * dtype_size(array->dtype);
}

bool array_check_shape(enum dtype dtype, int dimensions, const size_t *shape, size_t *bytes,
                       const char *place, struct error *error)
{
    if (dimensions > ARRAY_MOST_DIMENSIONS)
        return error_set(error, EX_DATAERR, "%s: %d dimensions; expected at most %d", place,
                         dimensions, ARRAY_MOST_DIMENSIONS);
    /* The dimensions that are not zero are multiplied all the same: strides must not overflow. */
    size_t product = dtype_size(dtype);
    bool empty = false;
    for (int i = 0; i < dimensions; i++) {
        if (shape[i] == 0)
            empty = true;
        else if (!memory_multiply(product, shape[i], &product) || product > SIZE_MAX / 4)
            return error_set(error, EX_DATAERR, "%s: the shape is too large to be held in memory",
                             place);
    }
    *bytes = empty ? 0 : product;
    return true;
}

struct array array_make(enum dtype dtype, int dimensions, const size_t *shape)
{
    struct array array = {.dtype = dtype, .dimensions = dimensions};
    for (int i = 0; i < dimensions; i++)
        array.shape[i] = shape[i];
    array.data = memory_alloc(array_count(&array), dtype_size(dtype));
    return array;
}

void array_free(struct array *array)
{
    if (array->mapping)
        munmap(array->mapping, array->mapping_bytes);
    else
        free(array->data);
    *array = (struct array){0};
}

static double float_of_half(uint16_t half)
{
    int exponent = half >> 10 & 31;
    double fraction = half & 1023;
    double magnitude;
    if (exponent == 31)
        magnitude = fraction != 0 ? (double)NAN : (double)INFINITY;
    else if (exponent == 0)
        magnitude = ldexp(fraction, -24);
    else
        magnitude = ldexp(1024 + fraction, exponent - 25);
    return half & 0x8000 ? -magnitude : magnitude;
}

/* To nearest, ties to even. */
static uint16_t half_of_float(double value)
{
    uint16_t sign = signbit(value) ? 0x8000 : 0;
    if (isnan(value))
        return sign | 0x7e00;
    value = fabs(value);
    if (value >= 65520)
        return sign | 0x7c00;
    if (value < ldexp(1, -14))
        return (uint16_t)(sign | (uint16_t)nearbyint(ldexp(value, 24)));
    int exponent;
    double fraction = frexp(value, &exponent);               /* value = fraction * 2^exponent */
    unsigned mantissa = (unsigned)nearbyint(ldexp(fraction, 11)); /* 1024 .. 2048 */
    /* A mantissa that was rounded up to 2048 carries into the exponent by itself. */
    return (uint16_t)(sign + (unsigned)((exponent + 13) << 10) + mantissa);
}

static float float_of_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint16_t bfloat_of_float(double value)
{
    float narrow = (float)value;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    if (isnan(narrow))
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

double array_value(const struct array *array, size_t position)
{
    double value;
    array_load(array, position, 1, &value);
    return value;
}

void array_load(const struct array *array, size_t start, size_t count, double *values)
{
    size_t i;
    const void *data = (const char *)array->data + start * dtype_size(array->dtype);
    switch (array->dtype) {
    case DTYPE_BOOL:
        for (i = 0; i < count; i++)
            values[i] = ((const uint8_t *)data)[i] != 0;
        break;
    case DTYPE_U8:
        for (i = 0; i < count; i++)
            values[i] = ((const uint8_t *)data)[i];
        break;
    case DTYPE_I8:
        for (i = 0; i < count; i++)
            values[i] = ((const int8_t *)data)[i];
        break;
    case DTYPE_U16:
        for (i = 0; i < count; i++)
            values[i] = ((const uint16_t *)data)[i];
        break;
    case DTYPE_I16:
        for (i = 0; i < count; i++)
            values[i] = ((const int16_t *)data)[i];
        break;
    case DTYPE_U32:
        for (i = 0; i < count; i++)
            values[i] = ((const uint32_t *)data)[i];
        break;
    case DTYPE_I32:
        for (i = 0; i < count; i++)
            values[i] = ((const int32_t *)data)[i];
        break;
    case DTYPE_U64:
        for (i = 0; i < count; i++)
            values[i] = (double)((const uint64_t *)data)[i];
        break;
    case DTYPE_I64:
        for (i = 0; i < count; i++)
            values[i] = (double)((const int64_t *)data)[i];
        break;
    case DTYPE_F16:
        for (i = 0; i < count; i++)
            values[i] = float_of_half(((const uint16_t *)data)[i]);
        break;
    case DTYPE_BF16:
        for (i = 0; i < count; i++)
            values[i] = float_of_bits((uint32_t)((const uint16_t *)data)[i] << 16);
        break;
    case DTYPE_F32:
        for (i = 0; i < count; i++)
            values[i] = ((const float *)data)[i];
        break;
    case DTYPE_F64:
        memcpy(values, data, count * sizeof *values);
        break;
    case DTYPE_COUNT:
        break;
    }
}

/* What an element type can hold, as doubles: the largest float, or one past the last integer. */
static double upper_limit(enum dtype dtype)
{
    switch (dtype) {
    case DTYPE_F16: return 65520; /* from here on a half is rounded to infinity */
    case DTYPE_BF16: return ldexp(2 - ldexp(1, -8), 127);
    case DTYPE_F32: return ldexp(2 - ldexp(1, -24), 127);
    case DTYPE_BOOL:
    case DTYPE_F64: return (double)INFINITY;
    default: break;
    }
    int bits = 8 * (int)dtype_size(dtype);
    bool is_signed = dtype == DTYPE_I8 || dtype == DTYPE_I16 || dtype == DTYPE_I32 ||
                     dtype == DTYPE_I64;
    return ldexp(1, is_signed ? bits - 1 : bits);
}

static double lower_limit(enum dtype dtype)
{
    switch (dtype) {
    case DTYPE_U8:
    case DTYPE_U16:
    case DTYPE_U32:
    case DTYPE_U64: return 0;
    default: return -upper_limit(dtype);
    }
}

/* The position of the first value that the type cannot hold, or count. */
static size_t find_unfit(enum dtype dtype, const double *values, size_t count)
{
    if (dtype == DTYPE_BOOL || dtype == DTYPE_F64)
        return count;
    double low = lower_limit(dtype), high = upper_limit(dtype);
    if (!dtype_is_integer(dtype)) {
        for (size_t i = 0; i < count; i++)
            if (isfinite(values[i]) && (values[i] >= high || values[i] <= low))
                return i;
        return count;
    }
    for (size_t i = 0; i < count; i++) {
        double whole = trunc(values[i]);
        if (!(whole >= low && whole < high))
            return i;
    }
    return count;
}

/* The values are known to fit. */
static void store(enum dtype dtype, void *data, const double *values, size_t count)
{
    size_t i;
    switch (dtype) {
    case DTYPE_BOOL:
        for (i = 0; i < count; i++)
            ((uint8_t *)data)[i] = values[i] != 0;
        break;
    case DTYPE_U8:
        for (i = 0; i < count; i++)
            ((uint8_t *)data)[i] = (uint8_t)values[i];
        break;
    case DTYPE_I8:
        for (i = 0; i < count; i++)
            ((int8_t *)data)[i] = (int8_t)values[i];
        break;
    case DTYPE_U16:
        for (i = 0; i < count; i++)
            ((uint16_t *)data)[i] = (uint16_t)values[i];
        break;
    case DTYPE_I16:
        for (i = 0; i < count; i++)
            ((int16_t *)data)[i] = (int16_t)values[i];
        break;
    case DTYPE_U32:
        for (i = 0; i < count; i++)
            ((uint32_t *)data)[i] = (uint32_t)values[i];
        break;
    case DTYPE_I32:
        for (i = 0; i < count; i++)
            ((int32_t *)data)[i] = (int32_t)values[i];
        break;
    case DTYPE_U64:
        for (i = 0; i < count; i++)
            ((uint64_t *)data)[i] = (uint64_t)values[i];
        break;
    case DTYPE_I64:
        for (i = 0; i < count; i++)
            ((int64_t *)data)[i] = (int64_t)values[i];
        break;
    case DTYPE_F16:
        for (i = 0; i < count; i++)
            ((uint16_t *)data)[i] = half_of_float(values[i]);
        break;
    case DTYPE_BF16:
        for (i = 0; i < count; i++)
            ((uint16_t *)data)[i] = bfloat_of_float(values[i]);
        break;
    case DTYPE_F32:
        for (i = 0; i < count; i++)
            ((float *)data)[i] = (float)values[i];
        break;
    case DTYPE_F64:
        memcpy(data, values, count * sizeof *values);
        break;
    case DTYPE_COUNT:
        break;
    }
}

/* Between int64 and uint64 doubles would lose digits; only the sign decides. */
static bool between_wide_integers(struct array *array, enum dtype dtype, const char *place,
                                  struct error *error)
{
    const int64_t *values = array->data;
    size_t count = array_count(array);
    for (size_t i = 0; i < count; i++)
        if (values[i] < 0)
            return error_set(error, EX_DATAERR, "%s: element %zu does not fit in %s", place, i,
                             dtype_name(dtype));
    array->dtype = dtype;
    return true;
}

static bool is_wide_integer(enum dtype dtype)
{
    return dtype == DTYPE_I64 || dtype == DTYPE_U64;
}

bool array_convert(struct array *array, enum dtype dtype, const char *place, struct error *error)
{
    if (array->dtype == dtype)
        return true;
    if (is_wide_integer(array->dtype) && is_wide_integer(dtype)) {
        bool fits = between_wide_integers(array, dtype, place, error);
        if (!fits)
            array_free(array);
        return fits;
    }
    struct array converted = array_make(dtype, array->dimensions, array->shape);
    size_t count = array_count(array), unfit;
    double values[BLOCK];
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t length = count - start < BLOCK ? count - start : BLOCK;
        array_load(array, start, length, values);
        if ((unfit = find_unfit(dtype, values, length)) < length) {
            error_set(error, EX_DATAERR, "%s: element %zu, %.9g, does not fit in %s", place,
                      start + unfit, values[unfit], dtype_name(dtype));
            array_free(&converted);
            array_free(array);
            return false;
        }
        store(dtype, (char *)converted.data + start * dtype_size(dtype), values, length);
    }
    array_free(array);
    *array = converted;
    return true;
}

static void fill_floats(const struct array *array, float *floats, size_t count)
{
    double values[BLOCK];
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t length = count - start < BLOCK ? count - start : BLOCK;
        array_load(array, start, length, values);
        for (size_t i = 0; i < length; i++)
            floats[start + i] = (float)values[i];
    }
}

float *array_as_floats(const struct array *array, size_t *rows, size_t *columns)
{
    size_t count = array_count(array);
    *rows = array->dimensions ? array->shape[0] : 1;
    *columns = 1;
    for (int i = 1; i < array->dimensions; i++)
        *columns *= array->shape[i];
    float *floats = memory_alloc(count, sizeof *floats);
    if (array->dtype == DTYPE_F32)
        memcpy(floats, array->data, count * sizeof *floats);
    else
        fill_floats(array, floats, count);
    return floats;
}

void array_reverse_bytes(void *data, size_t count, size_t size)
{
    switch (size) {
    case 2:
        for (size_t i = 0; i < count; i++)
            ((uint16_t *)data)[i] = __builtin_bswap16(((uint16_t *)data)[i]);
        break;
    case 4:
        for (size_t i = 0; i < count; i++)
            ((uint32_t *)data)[i] = __builtin_bswap32(((uint32_t *)data)[i]);
        break;
    case 8:
        for (size_t i = 0; i < count; i++)
            ((uint64_t *)data)[i] = __builtin_bswap64(((uint64_t *)data)[i]);
        break;
    default:
        break;
    }
}

/* Copies element `to` of the transposed array from element `from`. */
static void copy_element(char *to, const char *from, size_t size)
{
    switch (size) {
    case 1: *to = *from; break;
    case 2: memcpy(to, from, 2); break;
    case 4: memcpy(to, from, 4); break;
    default: memcpy(to, from, 8); break;
    }
}

struct array array_transpose(const struct array *array)
{
    struct array result = {.dtype = array->dtype, .dimensions = array->dimensions};
    int dimensions = array->dimensions;
    size_t size = dtype_size(array->dtype), strides[ARRAY_MOST_DIMENSIONS];
    size_t index[ARRAY_MOST_DIMENSIONS] = {0}, count = array_count(array);
    for (int i = 0; i < dimensions; i++)
        result.shape[i] = array->shape[dimensions - 1 - i];
    /* strides[i]: how far apart in the old array neighbours along the new dimension i lie. */
    size_t stride = size;
    for (int i = 0; i < dimensions; i++) {
        strides[i] = stride;
        stride *= result.shape[i];
    }
    result.data = memory_alloc(count, size);
    char *to = result.data;
    const char *from = array->data;
    for (size_t done = 0; done < count; done++, to += size) {
        copy_element(to, from, size);
        int i = dimensions - 1;
        for (; i >= 0 && ++index[i] == result.shape[i]; i--) {
            index[i] = 0;
            from -= strides[i] * (result.shape[i] - 1);
        }
        if (i >= 0)
            from += strides[i];
    }
    return result;
}
