#include "io/npy.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAGIC_BYTES = 8,             /* "\x93NUMPY", major, minor */
    LONGEST_HEADER = 1 << 16,    /* of plain arrays the header is far shorter */
    WRITTEN_HEADER = 512,        /* more than the longest that we write */
    ALIGNMENT = 64,
    LEAST_MAPPED = 1 << 16       /* smaller data are read faster than mapped */
};

static const char *const descriptors[DTYPE_COUNT] = {
    [DTYPE_BOOL] = "b1", [DTYPE_U8] = "u1",  [DTYPE_I8] = "i1",  [DTYPE_U16] = "u2",
    [DTYPE_I16] = "i2",  [DTYPE_U32] = "u4", [DTYPE_I32] = "i4", [DTYPE_U64] = "u8",
    [DTYPE_I64] = "i8",  [DTYPE_F16] = "f2", [DTYPE_F32] = "f4", [DTYPE_F64] = "f8",
};

/* The header is a Python dictionary; the cursor stands before what is to be parsed next. */
struct cursor {
    const char *next;
    const char *end;
    const char *place; /* for messages */
    struct error *error;
};

static bool little_endian(void)
{
    const uint16_t one = 1;
    return *(const uint8_t *)&one == 1;
}

static bool malformed(struct cursor *cursor, const char *expected)
{
    return error_set(cursor->error, EX_DATAERR, "%s: malformed NPY header; expected %s",
                     cursor->place, expected);
}

static void skip_space(struct cursor *cursor)
{
    while (cursor->next < cursor->end &&
           (*cursor->next == ' ' || (*cursor->next >= '\t' && *cursor->next <= '\r')))
        cursor->next++;
}

/* Takes a character if it is the next one. */
static bool take(struct cursor *cursor, char wanted)
{
    skip_space(cursor);
    if (cursor->next == cursor->end || *cursor->next != wanted)
        return false;
    cursor->next++;
    return true;
}

static bool take_word(struct cursor *cursor, const char *word)
{
    size_t length = strlen(word);
    skip_space(cursor);
    if ((size_t)(cursor->end - cursor->next) < length || memcmp(cursor->next, word, length) != 0)
        return false;
    cursor->next += length;
    return true;
}

/* A string in either kind of quotation marks, shorter than size. */
static bool take_string(struct cursor *cursor, char *string, size_t size)
{
    skip_space(cursor);
    if (cursor->next == cursor->end || (*cursor->next != '\'' && *cursor->next != '"'))
        return false;
    char quote = *cursor->next++;
    const char *close = memchr(cursor->next, quote, (size_t)(cursor->end - cursor->next));
    if (!close || (size_t)(close - cursor->next) >= size)
        return false;
    memcpy(string, cursor->next, (size_t)(close - cursor->next));
    string[close - cursor->next] = '\0';
    cursor->next = close + 1;
    return true;
}

static bool take_size(struct cursor *cursor, size_t *size)
{
    skip_space(cursor);
    const char *start = cursor->next;
    *size = 0;
    for (; cursor->next < cursor->end && *cursor->next >= '0' && *cursor->next <= '9';
         cursor->next++)
        if (!memory_multiply(*size, 10, size) ||
            __builtin_add_overflow(*size, (size_t)(*cursor->next - '0'), size))
            return malformed(cursor, "a shape that fits in memory");
    if (cursor->next == start)
        return malformed(cursor, "a tuple of sizes as shape");
    take(cursor, 'L'); /* as Python 2 wrote long integers */
    return true;
}

static bool parse_shape(struct cursor *cursor, struct npy_header *header)
{
    if (!take(cursor, '('))
        return malformed(cursor, "a tuple of sizes as shape");
    while (!take(cursor, ')')) {
        if (header->dimensions == ARRAY_MOST_DIMENSIONS)
            return error_set(cursor->error, EX_DATAERR,
                             "%s: too many dimensions; expected at most %d", cursor->place,
                             ARRAY_MOST_DIMENSIONS);
        if (!take_size(cursor, &header->shape[header->dimensions++]))
            return false;
        if (!take(cursor, ',') && (cursor->next == cursor->end || *cursor->next != ')'))
            return malformed(cursor, "a tuple of sizes as shape");
    }
    return true;
}

static bool parse_descriptor(struct cursor *cursor, struct npy_header *header)
{
    char text[32];
    const char *expected = "bool, an integer of 1 to 8 bytes, or a float of 2, 4 or 8 bytes";
    if (!take_string(cursor, text, sizeof text))
        return error_set(cursor->error, EX_DATAERR, "%s: the dtype is structured; expected %s",
                         cursor->place, expected);
    bool ordered = *text && strchr("<>=|", *text);
    for (int i = 0; i < DTYPE_COUNT; i++)
        if (descriptors[i] && strcmp(text + ordered, descriptors[i]) == 0) {
            header->dtype = (enum dtype)i;
            header->swapped = ordered && *text == (little_endian() ? '>' : '<');
            return true;
        }
    return error_set(cursor->error, EX_DATAERR, "%s: dtype '%s'; expected %s", cursor->place, text,
                     expected);
}

static bool parse_order(struct cursor *cursor, struct npy_header *header)
{
    header->fortran_order = take_word(cursor, "True");
    return header->fortran_order || take_word(cursor, "False") ||
           malformed(cursor, "fortran_order to be True or False");
}

static bool parse_dictionary(struct cursor *cursor, struct npy_header *header)
{
    static const struct {
        const char *key;
        bool (*parse)(struct cursor *cursor, struct npy_header *header);
    } entries[] = {
        {"descr", parse_descriptor}, {"fortran_order", parse_order}, {"shape", parse_shape}};
    unsigned seen = 0;
    if (!take(cursor, '{'))
        return malformed(cursor, "a dictionary");
    while (!take(cursor, '}')) {
        char key[32];
        if (!take_string(cursor, key, sizeof key) || !take(cursor, ':'))
            return malformed(cursor, "keys in quotation marks, each with a value");
        unsigned i = 0;
        while (i < 3 && strcmp(key, entries[i].key) != 0)
            i++;
        if (i == 3 || (seen & 1u << i))
            return malformed(cursor, "the keys descr, fortran_order and shape, each once");
        seen |= 1u << i;
        if (!entries[i].parse(cursor, header))
            return false;
        if (!take(cursor, ',') && (cursor->next == cursor->end || *cursor->next != '}'))
            return malformed(cursor, "a comma or the end of the dictionary");
    }
    skip_space(cursor);
    if (seen != 7 || cursor->next != cursor->end)
        return malformed(cursor, "the keys descr, fortran_order and shape, and nothing else");
    return true;
}

/* Reads magic and length, and leaves the header's text in *text. */
static bool read_text(struct stream *stream, const char *place, char **text, size_t *length,
                      struct error *error)
{
    unsigned char magic[MAGIC_BYTES], size[4] = {0};
    if (!stream_read_exactly(stream, magic, sizeof magic, error))
        return false;
    if (memcmp(magic, "\x93NUMPY", 6) != 0)
        return error_set(error, EX_DATAERR, "%s: no NPY signature; expected one NPY record after "
                         "the other", place);
    if (magic[6] < 1 || magic[6] > 3)
        return error_set(error, EX_DATAERR, "%s: NPY version %d.%d; expected 1.0 to 3.0", place,
                         magic[6], magic[7]);
    if (!stream_read_exactly(stream, size, magic[6] == 1 ? 2 : 4, error))
        return false;
    *length = size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16 | (size_t)size[3] << 24;
    if (*length > LONGEST_HEADER)
        return error_set(error, EX_DATAERR, "%s: an NPY header of %zu bytes; expected at most %d",
                         place, *length, LONGEST_HEADER);
    *text = stream_read_block(stream, *length, error);
    return *text != NULL;
}

bool npy_read_header(struct stream *stream, struct npy_header *header, bool *end,
                     struct error *error)
{
    *header = (struct npy_header){0};
    const unsigned char *first;
    *end = stream_peek(stream, &first, 1, error) == 0;
    if (*end)
        return error->exit_code == EX_OK;
    char *place = memory_format("%s: record %zu", stream_name(stream), stream_count_record(stream));
    char *text = NULL;
    size_t length = 0, remaining;
    bool good = read_text(stream, place, &text, &length, error);
    if (good) {
        struct cursor cursor = {text, text + length, place, error};
        good = parse_dictionary(&cursor, header) &&
               array_check_shape(header->dtype, header->dimensions, header->shape, &header->bytes,
                                 place, error);
    }
    if (good && stream_remaining(stream, &remaining) && header->bytes > remaining)
        good = error_set(error, EX_DATAERR, "%s: truncated; the shape asks for %zu bytes, %zu are "
                         "there", place, header->bytes, remaining);
    free(text);
    free(place);
    return good;
}

/* Data in Fortran order are those of the transposed array in C order. */
static void from_fortran_order(struct array *array)
{
    for (int i = 0, j = array->dimensions - 1; i < j; i++, j--) {
        size_t size = array->shape[i];
        array->shape[i] = array->shape[j];
        array->shape[j] = size;
    }
    struct array turned = array_transpose(array);
    array_free(array);
    *array = turned;
}

/* Leaves of a header only the first entries, which in C order come first. */
static void shorten(struct npy_header *header, size_t most)
{
    if (header->dimensions == 0 || header->fortran_order || header->shape[0] <= most)
        return;
    header->bytes = header->bytes / header->shape[0] * most;
    header->shape[0] = most;
}

bool npy_read_data(struct stream *stream, const struct npy_header *header, struct array *array,
                   struct error *error)
{
    struct array read = {.dtype = header->dtype, .dimensions = header->dimensions};
    *array = (struct array){0};
    memcpy(read.shape, header->shape, sizeof read.shape);
    if (header->bytes >= LEAST_MAPPED)
        read.data = stream_map(stream, header->bytes, &read.mapping, &read.mapping_bytes);
    if (!read.data)
        read.data = stream_read_block(stream, header->bytes, error);
    if (!read.data)
        return false;
    if (header->swapped)
        array_reverse_bytes(read.data, array_count(&read), dtype_size(read.dtype));
    if (header->fortran_order && read.dimensions > 1)
        from_fortran_order(&read);
    *array = read;
    return true;
}

bool npy_read_leading(struct stream *stream, size_t most, struct array *array, bool *end,
                      struct error *error)
{
    *array = (struct array){0};
    struct npy_header header;
    if (!npy_read_header(stream, &header, end, error) || *end)
        return error->exit_code == EX_OK;
    shorten(&header, most);
    return npy_read_data(stream, &header, array, error);
}

bool npy_read(struct stream *stream, struct array *array, bool *end, struct error *error)
{
    return npy_read_leading(stream, SIZE_MAX, array, end, error);
}

bool npy_write_header(struct output *output, enum dtype dtype, int dimensions, const size_t *shape,
                      struct error *error)
{
    char text[WRITTEN_HEADER];
    char order = dtype_size(dtype) == 1 ? '|' : little_endian() ? '<' : '>';
    size_t used = MAGIC_BYTES + 2;
    used += (size_t)snprintf(text + used, sizeof text - used,
                             "{'descr': '%c%s', 'fortran_order': False, 'shape': (", order,
                             descriptors[dtype]);
    for (int i = 0; i < dimensions; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%zu,%s", shape[i],
                                 i + 1 < dimensions ? " " : "");
    if (dimensions > 1)
        used--; /* only a tuple of one ends with a comma */
    used += (size_t)snprintf(text + used, sizeof text - used, "), }");
    size_t whole = (used + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    memset(text + used, ' ', whole - used);
    text[whole - 1] = '\n';
    size_t length = whole - MAGIC_BYTES - 2;
    memcpy(text, "\x93NUMPY\1\0", MAGIC_BYTES);
    text[MAGIC_BYTES] = (char)(length & 255);
    text[MAGIC_BYTES + 1] = (char)(length >> 8);
    return output_write(output, text, whole, error);
}

static bool write_as_floats(struct output *output, const struct array *array, struct error *error)
{
    size_t rows, columns;
    float *floats = array_as_floats(array, &rows, &columns);
    bool good = npy_write_floats(output, array->dimensions, array->shape, floats, error);
    free(floats);
    return good;
}

bool npy_write(struct output *output, const struct array *array, struct error *error)
{
    if (array->dtype == DTYPE_BF16)
        return write_as_floats(output, array, error);
    return npy_write_header(output, array->dtype, array->dimensions, array->shape, error) &&
           output_write(output, array->data, array_bytes(array), error);
}

bool npy_write_floats(struct output *output, int dimensions, const size_t *shape,
                      const float *values, struct error *error)
{
    size_t count = 1;
    for (int i = 0; i < dimensions; i++)
        count *= shape[i];
    return npy_write_header(output, DTYPE_F32, dimensions, shape, error) &&
           output_write(output, values, count * sizeof *values, error);
}
