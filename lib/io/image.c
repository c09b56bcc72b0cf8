#include "io/image.h"

#include "base/memory.h"

#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RATIO = 1032 /* deflate never packs tighter */ };

/* What libpng's callbacks need; an error jumps out of libpng. */
struct reading {
    const char *name;
    struct stream_bytes all;
    size_t position;
    struct error *error;
    unsigned char **rows;
    struct array array;
};

static void fail_reading(png_structp png, png_const_charp message)
{
    struct reading *reading = png_get_error_ptr(png);
    error_set(reading->error, EX_DATAERR, "%s: damaged PNG: %s", reading->name, message);
    png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static png_voidp allocate(png_structp png, png_alloc_size_t bytes)
{
    (void)png;
    return memory_resize(NULL, bytes, 1);
}

static void release(png_structp png, png_voidp block)
{
    (void)png;
    free(block);
}

static void give_bytes(png_structp png, png_bytep bytes, size_t count)
{
    struct reading *reading = png_get_io_ptr(png);
    if (count > reading->all.count - reading->position)
        png_error(png, "it is truncated");
    memcpy(bytes, reading->all.bytes + reading->position, count);
    reading->position += count;
}

static bool little_endian(void)
{
    const uint16_t one = 1;
    return *(const uint8_t *)&one == 1;
}

/* Asks libpng for 8 or 16 bits of grey, grey + alpha, RGB or RGBA, in our byte order. */
static void choose_output(png_structp png, png_infop info)
{
    png_set_expand(png);
    if (png_get_bit_depth(png, info) == 16 && little_endian())
        png_set_swap(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
}

/* The file's own bytes bound what it may ask for; libpng allocates rows before it reads any. */
static void check_size(png_structp png, png_infop info, const struct reading *reading)
{
    size_t bytes;
    if (!memory_multiply(png_get_image_height(png, info), png_get_rowbytes(png, info), &bytes) ||
        bytes / MOST_RATIO > reading->all.count)
        png_error(png, "its size is more than its bytes can unpack to");
}

static void make_array(png_structp png, png_infop info, struct reading *reading)
{
    size_t row_bytes = png_get_rowbytes(png, info);
    const size_t shape[] = {png_get_image_height(png, info), png_get_image_width(png, info),
                            png_get_channels(png, info)};
    enum dtype dtype = png_get_bit_depth(png, info) == 16 ? DTYPE_U16 : DTYPE_U8;
    reading->array = array_make(dtype, shape[2] > 1 ? 3 : 2, shape);
    reading->rows = memory_alloc(shape[0], sizeof *reading->rows);
    for (size_t i = 0; i < shape[0]; i++)
        reading->rows[i] = (unsigned char *)reading->array.data + i * row_bytes;
}

static bool decode(png_structp png, png_infop info, struct reading *reading)
{
    if (setjmp(png_jmpbuf(png)))
        return false;
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* check_size knows better */
    png_set_read_fn(png, reading, give_bytes);
    png_read_info(png, info);
    check_size(png, info, reading);
    choose_output(png, info);
    make_array(png, info, reading);
    png_read_image(png, reading->rows);
    png_read_end(png, NULL);
    if (reading->position != reading->all.count)
        png_error(png, "bytes follow its end");
    return true;
}

bool image_read(struct stream *stream, struct array *array, struct error *error)
{
    *array = (struct array){0};
    struct reading reading = {.name = stream_name(stream), .error = error};
    if (!stream_read_all(stream, &reading.all, error))
        return false;
    png_structp png =
        png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &reading, fail_reading, ignore_warning,
                                 NULL, allocate, release);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info)
        error_die(EX_UNAVAILABLE, "libpng is not of version " PNG_LIBPNG_VER_STRING);
    bool good = decode(png, info, &reading);
    png_destroy_read_struct(&png, &info, NULL);
    free(reading.rows);
    stream_free_bytes(&reading.all);
    if (good)
        *array = reading.array;
    else
        array_free(&reading.array);
    return good;
}

struct writing {
    struct output *output;
    struct error *error;
};

static void fail_writing(png_structp png, png_const_charp message)
{
    struct writing *writing = png_get_error_ptr(png);
    error_set(writing->error, EX_DATAERR, "%s: cannot make a PNG: %s", writing->output->name,
              message);
    png_longjmp(png, 1);
}

static void take_bytes(png_structp png, png_bytep bytes, size_t count)
{
    struct writing *writing = png_get_io_ptr(png);
    if (!output_write(writing->output, bytes, count, writing->error))
        png_error(png, "cannot write");
}

static void flush_nothing(png_structp png)
{
    (void)png;
}

static bool encode(png_structp png, png_infop info, const struct array *array,
                   struct writing *writing)
{
    static const int colours[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                  PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    size_t channels = array->dimensions == 3 ? array->shape[2] : 1;
    size_t row_bytes = array->shape[1] * channels * dtype_size(array->dtype);
    if (setjmp(png_jmpbuf(png)))
        return false;
    png_set_write_fn(png, writing, take_bytes, flush_nothing);
    png_set_IHDR(png, info, (png_uint_32)array->shape[1], (png_uint_32)array->shape[0],
                 array->dtype == DTYPE_U16 ? 16 : 8, colours[channels - 1], PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    if (array->dtype == DTYPE_U16 && little_endian())
        png_set_swap(png);
    for (size_t i = 0; i < array->shape[0]; i++)
        png_write_row(png, (png_const_bytep)array->data + i * row_bytes);
    png_write_end(png, NULL);
    return true;
}

static bool is_image(const struct array *array)
{
    bool flat = array->dimensions == 2;
    bool deep = array->dimensions == 3 && array->shape[2] >= 1 && array->shape[2] <= 4;
    return (flat || deep) && (array->dtype == DTYPE_U8 || array->dtype == DTYPE_U16) &&
           array->shape[0] >= 1 && array->shape[1] >= 1 && array->shape[0] <= PNG_UINT_31_MAX &&
           array->shape[1] <= PNG_UINT_31_MAX / 16;
}

bool image_write(struct output *output, const struct array *array, struct error *error)
{
    if (!is_image(array))
        return error_set(error, EX_DATAERR, "%s: a PNG cannot hold the array; expected uint8 or "
                         "uint16 of shape (height, width) or (height, width, 1 to 4)",
                         output->name);
    struct writing writing = {output, error};
    png_structp png =
        png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &writing, fail_writing, ignore_warning,
                                  NULL, allocate, release);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info)
        error_die(EX_UNAVAILABLE, "libpng is not of version " PNG_LIBPNG_VER_STRING);
    bool good = encode(png, info, array, &writing);
    png_destroy_write_struct(&png, &info);
    return good;
}

void image_range(const struct array *array, double *low, double *high)
{
    size_t count = array_count(array);
    *low = (double)INFINITY;
    *high = -(double)INFINITY;
    for (size_t i = 0; i < count; i++) {
        double value = array_value(array, i);
        if (!isfinite(value))
            continue;
        *low = value < *low ? value : *low;
        *high = value > *high ? value : *high;
    }
    if (*low > *high)
        *low = *high = 0;
}

void image_scale(struct array *array, double low, double high)
{
    struct array scaled = array_make(DTYPE_U8, array->dimensions, array->shape);
    size_t count = array_count(array);
    double unit = isinf(high - low) ? 0.5 : 1; /* a range beyond that of doubles is halved */
    double start = unit * low, range = unit * high - start;
    for (size_t i = 0; i < count; i++) {
        double level = high > low ? 255 * ((unit * array_value(array, i) - start) / range) : 0;
        ((uint8_t *)scaled.data)[i] = level > 255 ? 255 : level > 0 ? (uint8_t)lrint(level) : 0;
    }
    array_free(array);
    *array = scaled;
}
