#include "io/idx.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* The third byte of the file; 0: IDX has no such type. */
static const unsigned char type_codes[DTYPE_COUNT] = {
    [DTYPE_U8] = 0x08,  [DTYPE_I8] = 0x09,  [DTYPE_I16] = 0x0b,
    [DTYPE_I32] = 0x0c, [DTYPE_F32] = 0x0d, [DTYPE_F64] = 0x0e,
};

static bool big_endian(void)
{
    const uint16_t one = 1;
    return *(const uint8_t *)&one == 0;
}

static bool find_dtype(unsigned char code, enum dtype *dtype)
{
    for (int i = 0; i < DTYPE_COUNT; i++)
        if (code != 0 && type_codes[i] == code) {
            *dtype = (enum dtype)i;
            return true;
        }
    return false;
}

bool idx_read_header(struct stream *stream, struct idx_header *header, struct error *error)
{
    *header = (struct idx_header){0};
    const char *name = stream_name(stream);
    unsigned char magic[4], size[4];
    if (!stream_read_exactly(stream, magic, sizeof magic, error))
        return false;
    if (magic[0] != 0 || magic[1] != 0 || !find_dtype(magic[2], &header->dtype))
        return error_set(error, EX_DATAERR, "%s: no IDX signature; expected 0, 0, a type, and the "
                         "number of dimensions", name);
    if (magic[3] > ARRAY_MOST_DIMENSIONS)
        return error_set(error, EX_DATAERR, "%s: %d dimensions; expected at most %d", name,
                         magic[3], ARRAY_MOST_DIMENSIONS);
    header->dimensions = magic[3];
    for (int i = 0; i < header->dimensions; i++) {
        if (!stream_read_exactly(stream, size, sizeof size, error))
            return false;
        header->shape[i] = (size_t)size[0] << 24 | (size_t)size[1] << 16 | (size_t)size[2] << 8 |
                           (size_t)size[3];
    }
    return array_check_shape(header->dtype, header->dimensions, header->shape, &header->bytes,
                             name, error);
}

bool idx_expect_end(struct stream *stream, struct error *error)
{
    const unsigned char *rest;
    if (stream_peek(stream, &rest, 1, error) > 0)
        return error_set(error, EX_DATAERR, "%s: bytes follow the data; expected the end",
                         stream_name(stream));
    return error->exit_code == EX_OK;
}

static void swap_unless_big_endian(struct array *array)
{
    if (!big_endian())
        array_reverse_bytes(array->data, array_count(array), dtype_size(array->dtype));
}

bool idx_read(struct stream *stream, struct array *array, struct error *error)
{
    *array = (struct array){0};
    struct idx_header header;
    if (!idx_read_header(stream, &header, error))
        return false;
    struct array read = {.dtype = header.dtype, .dimensions = header.dimensions};
    memcpy(read.shape, header.shape, sizeof read.shape);
    read.data = stream_read_block(stream, header.bytes, error);
    if (!read.data)
        return false;
    if (!idx_expect_end(stream, error)) {
        array_free(&read);
        return false;
    }
    swap_unless_big_endian(&read);
    *array = read;
    return true;
}

static bool write_header(struct output *output, const struct array *array, struct error *error)
{
    unsigned char header[4 + 4 * ARRAY_MOST_DIMENSIONS] = {
        0, 0, type_codes[array->dtype], (unsigned char)array->dimensions};
    for (int i = 0; i < array->dimensions; i++) {
        if (array->shape[i] > UINT32_MAX)
            return error_set(error, EX_DATAERR, "%s: dimension %d is %zu; IDX holds at most %u",
                             output->name, i + 1, array->shape[i], UINT32_MAX);
        for (int byte = 0; byte < 4; byte++)
            header[4 + 4 * i + byte] = (unsigned char)(array->shape[i] >> (24 - 8 * byte));
    }
    return output_write(output, header, 4 + 4 * (size_t)array->dimensions, error);
}

bool idx_write(struct output *output, const struct array *array, struct error *error)
{
    if (type_codes[array->dtype] == 0)
        return error_set(error, EX_DATAERR, "%s: IDX has no %s; expected uint8, int8, int16, "
                         "int32, float32 or float64", output->name, dtype_name(array->dtype));
    if (array->dimensions == 0)
        return error_set(error, EX_DATAERR, "%s: IDX has no scalars; expected at least one "
                         "dimension", output->name);
    if (!write_header(output, array, error))
        return false;
    struct array swapped = array_make(array->dtype, array->dimensions, array->shape);
    memcpy(swapped.data, array->data, array_bytes(array));
    swap_unless_big_endian(&swapped);
    bool good = output_write(output, swapped.data, array_bytes(&swapped), error);
    array_free(&swapped);
    return good;
}
