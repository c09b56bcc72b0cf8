#include "io/safetensors.h"

#include "base/memory.h"

#include <cJSON.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    LONGEST_HEADER = 100 << 20, /* as the format's own reader has it */
    ALIGNMENT = 64,             /* of the data in files that we write */
    LEAST_MAPPED = 1 << 16
};

static const char *const dtype_names[DTYPE_COUNT] = {
    [DTYPE_BOOL] = "BOOL", [DTYPE_U8] = "U8",    [DTYPE_I8] = "I8",   [DTYPE_U16] = "U16",
    [DTYPE_I16] = "I16",   [DTYPE_U32] = "U32",  [DTYPE_I32] = "I32", [DTYPE_U64] = "U64",
    [DTYPE_I64] = "I64",   [DTYPE_F16] = "F16",  [DTYPE_BF16] = "BF16", [DTYPE_F32] = "F32",
    [DTYPE_F64] = "F64",
};

/* Where the data of a tensor lie, relative to the end of the header. */
struct extent {
    size_t begin;
    size_t end;
    struct safetensors_entry entry;
};

static bool read_size(const cJSON *item, size_t *size)
{
    /* Doubles hold whole numbers up to 2^53, more than any file has bytes. */
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) || item->valuedouble > 0x1p53 ||
        item->valuedouble != (double)(size_t)item->valuedouble)
        return false;
    *size = (size_t)item->valuedouble;
    return true;
}

static bool parse_dtype(const cJSON *tensor, enum dtype *dtype, const char *place,
                        struct error *error)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(tensor, "dtype");
    if (!cJSON_IsString(item))
        return error_set(error, EX_DATAERR, "%s: no dtype; expected the name of one", place);
    for (int i = 0; i < DTYPE_COUNT; i++)
        if (strcmp(item->valuestring, dtype_names[i]) == 0) {
            *dtype = (enum dtype)i;
            return true;
        }
    return error_set(error, EX_DATAERR, "%s: dtype '%.32s'; expected one of BOOL, U8 to I64, F16, "
                     "BF16, F32, F64", place, item->valuestring);
}

static bool parse_shape(const cJSON *tensor, struct array *array, const char *place,
                        struct error *error)
{
    const cJSON *shape = cJSON_GetObjectItemCaseSensitive(tensor, "shape"), *item;
    if (!cJSON_IsArray(shape))
        return error_set(error, EX_DATAERR, "%s: no shape; expected a list of sizes", place);
    cJSON_ArrayForEach(item, shape) {
        if (array->dimensions == ARRAY_MOST_DIMENSIONS)
            return error_set(error, EX_DATAERR, "%s: too many dimensions; expected at most %d",
                             place, ARRAY_MOST_DIMENSIONS);
        if (!read_size(item, &array->shape[array->dimensions++]))
            return error_set(error, EX_DATAERR, "%s: a size in the shape is not a whole number",
                             place);
    }
    return true;
}

static bool parse_tensor(const cJSON *tensor, struct extent *extent, const char *place,
                         struct error *error)
{
    struct array *array = &extent->entry.array;
    size_t bytes;
    if (!cJSON_IsObject(tensor))
        return error_set(error, EX_DATAERR, "%s: expected an object", place);
    if (!parse_dtype(tensor, &array->dtype, place, error) ||
        !parse_shape(tensor, array, place, error) ||
        !array_check_shape(array->dtype, array->dimensions, array->shape, &bytes, place, error))
        return false;
    const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(tensor, "data_offsets");
    if (cJSON_GetArraySize(offsets) != 2 ||
        !read_size(cJSON_GetArrayItem(offsets, 0), &extent->begin) ||
        !read_size(cJSON_GetArrayItem(offsets, 1), &extent->end) || extent->begin > extent->end)
        return error_set(error, EX_DATAERR, "%s: malformed data_offsets; expected [begin, end]",
                         place);
    if (extent->end - extent->begin != bytes)
        return error_set(error, EX_DATAERR, "%s: %zu bytes of data; dtype and shape ask for %zu",
                         place, extent->end - extent->begin, bytes);
    return true;
}

static bool parse_metadata(const cJSON *metadata, struct safetensors *file, const char *name,
                           struct error *error)
{
    const cJSON *item;
    if (!cJSON_IsObject(metadata))
        return error_set(error, EX_DATAERR, "%s: __metadata__ is not an object", name);
    cJSON_ArrayForEach(item, metadata) {
        if (!cJSON_IsString(item))
            return error_set(error, EX_DATAERR, "%s: the metadata '%.64s' are not a string", name,
                             item->string);
        if (safetensors_metadata(file, item->string))
            return error_set(error, EX_DATAERR, "%s: the metadata '%.64s' are there twice", name,
                             item->string);
        safetensors_set_metadata(file, item->string, item->valuestring);
    }
    return true;
}

static int by_begin(const void *a, const void *b)
{
    const struct extent *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end); /* empty ones first */
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool check_names(const struct extent *extents, size_t count, const char *name,
                        struct error *error)
{
    char **names = memory_alloc(count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = extents[i].entry.name;
    qsort(names, count, sizeof *names, by_name);
    bool unique = true;
    for (size_t i = 1; i < count && unique; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            unique = error_set(error, EX_DATAERR, "%s: the tensor '%.64s' is there twice", name,
                               names[i]);
    free(names);
    return unique;
}

/* The tensors, in the order of their data, must cover the data without gap or overlap. */
static bool check_extents(struct extent *extents, size_t count, const char *name,
                          struct error *error)
{
    if (!check_names(extents, count, name, error))
        return false;
    qsort(extents, count, sizeof *extents, by_begin);
    size_t position = 0;
    for (size_t i = 0; i < count; i++) {
        if (extents[i].begin != position)
            return error_set(error, EX_DATAERR, "%s: the data of tensor '%.64s' begin at %zu; "
                             "expected %zu, where those before it end", name,
                             extents[i].entry.name, extents[i].begin, position);
        position = extents[i].end;
    }
    return true;
}

static bool parse_header(const cJSON *root, struct safetensors *file, struct extent **extents,
                         const char *name, struct error *error)
{
    const cJSON *item;
    if (!cJSON_IsObject(root))
        return error_set(error, EX_DATAERR, "%s: the header is not a JSON object", name);
    size_t count = (size_t)cJSON_GetArraySize(root);
    *extents = memory_zeroed(count, sizeof **extents);
    cJSON_ArrayForEach(item, root) {
        if (strcmp(item->string, "__metadata__") == 0) {
            if (!parse_metadata(item, file, name, error))
                return false;
            continue;
        }
        struct extent *extent = &(*extents)[file->count++];
        extent->entry.name = memory_copy_string(item->string);
        char *place = memory_format("%s: tensor '%.64s'", name, item->string);
        bool good = parse_tensor(item, extent, place, error);
        free(place);
        if (!good)
            return false;
    }
    return check_extents(*extents, file->count, name, error);
}

static bool read_header(struct stream *stream, struct safetensors *file, struct extent **extents,
                        struct error *error)
{
    unsigned char size[8];
    const char *name = stream_name(stream), *end;
    if (!stream_read_exactly(stream, size, sizeof size, error))
        return false;
    uint64_t length = 0;
    for (int i = 0; i < 8; i++)
        length |= (uint64_t)size[i] << 8 * i;
    if (length > LONGEST_HEADER)
        return error_set(error, EX_DATAERR, "%s: no safetensors file: its header would have "
                         "%" PRIu64 " bytes; expected at most %d", name, length, LONGEST_HEADER);
    char *text = stream_read_block(stream, (size_t)length, error);
    if (!text)
        return false;
    cJSON *root = cJSON_ParseWithLengthOpts(text, (size_t)length, &end, false);
    bool good = root != NULL;
    for (; good && end < text + length; end++)
        good = *end == ' ';
    if (!good)
        error_set(error, EX_DATAERR, "%s: the header is not JSON", name);
    else
        good = parse_header(root, file, extents, name, error);
    cJSON_Delete(root);
    free(text);
    return good;
}

static bool read_data(struct stream *stream, struct array *array, struct error *error)
{
    size_t bytes = array_bytes(array);
    if (bytes >= LEAST_MAPPED)
        array->data = stream_map(stream, bytes, &array->mapping, &array->mapping_bytes);
    if (!array->data)
        array->data = stream_read_block(stream, bytes, error);
    return array->data != NULL;
}

static bool read_tensors(struct stream *stream, struct safetensors *file, struct error *error)
{
    for (size_t i = 0; i < file->count; i++)
        if (!read_data(stream, &file->entries[i].array, error)) {
            error_append(error, " of tensor '%.64s'", file->entries[i].name);
            return false;
        }
    const unsigned char *rest;
    if (stream_peek(stream, &rest, 1, error) > 0)
        return error_set(error, EX_DATAERR, "%s: bytes follow the last tensor; expected the end",
                         stream_name(stream));
    return error->exit_code == EX_OK;
}

bool safetensors_read(struct stream *stream, struct safetensors *file, struct error *error)
{
    *file = (struct safetensors){0};
    struct extent *extents = NULL;
    bool good = read_header(stream, file, &extents, error);
    file->entries = memory_zeroed(file->count, sizeof *file->entries);
    for (size_t i = 0; i < file->count; i++)
        file->entries[i] = extents[i].entry;
    free(extents);
    if (good && read_tensors(stream, file, error))
        return true;
    safetensors_free(file);
    return false;
}

static cJSON *describe(const struct array *array, size_t begin)
{
    cJSON *tensor = cJSON_CreateObject();
    cJSON_AddStringToObject(tensor, "dtype", dtype_names[array->dtype]);
    cJSON *shape = cJSON_AddArrayToObject(tensor, "shape");
    for (int i = 0; i < array->dimensions; i++)
        cJSON_AddItemToArray(shape, cJSON_CreateNumber((double)array->shape[i]));
    cJSON *offsets = cJSON_AddArrayToObject(tensor, "data_offsets");
    cJSON_AddItemToArray(offsets, cJSON_CreateNumber((double)begin));
    cJSON_AddItemToArray(offsets, cJSON_CreateNumber((double)(begin + array_bytes(array))));
    return tensor;
}

/* The header's text; free it with cJSON_free. */
static char *make_header(const struct safetensors *file)
{
    cJSON *root = cJSON_CreateObject();
    if (file->metadata_count > 0) {
        cJSON *metadata = cJSON_AddObjectToObject(root, "__metadata__");
        for (size_t i = 0; i < file->metadata_count; i++)
            cJSON_AddStringToObject(metadata, file->metadata_keys[i], file->metadata_values[i]);
    }
    size_t position = 0;
    for (size_t i = 0; i < file->count; i++) {
        const struct array *array = &file->entries[i].array;
        cJSON_AddItemToObject(root, file->entries[i].name, describe(array, position));
        position += array_bytes(array);
    }
    char *text = cJSON_PrintUnformatted(root);
    if (!text)
        error_die(EX_OSERR, "out of memory: cannot make the header of a safetensors file");
    cJSON_Delete(root);
    return text;
}

bool safetensors_write(struct output *output, const struct safetensors *file, struct error *error)
{
    char *text = make_header(file);
    size_t length = strlen(text);
    size_t padded = (8 + length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT - 8;
    unsigned char size[8];
    for (int i = 0; i < 8; i++)
        size[i] = (unsigned char)((uint64_t)padded >> 8 * i);
    static const char spaces[ALIGNMENT] = "                                                      "
                                          "          ";
    bool good = output_write(output, size, sizeof size, error) &&
                output_write(output, text, length, error) &&
                output_write(output, spaces, padded - length, error);
    for (size_t i = 0; good && i < file->count; i++) {
        const struct array *array = &file->entries[i].array;
        good = output_write(output, array->data, array_bytes(array), error);
    }
    cJSON_free(text);
    return good;
}

void safetensors_add(struct safetensors *file, const char *name, enum dtype dtype, int dimensions,
                     const size_t *shape, const void *values)
{
    file->entries = memory_resize(file->entries, file->count + 1, sizeof *file->entries);
    struct safetensors_entry *entry = &file->entries[file->count++];
    entry->name = memory_copy_string(name);
    entry->array = array_make(dtype, dimensions, shape);
    memcpy(entry->array.data, values, array_bytes(&entry->array));
}

void safetensors_set_metadata(struct safetensors *file, const char *key, const char *value)
{
    for (size_t i = 0; i < file->metadata_count; i++)
        if (strcmp(file->metadata_keys[i], key) == 0) {
            free(file->metadata_values[i]);
            file->metadata_values[i] = memory_copy_string(value);
            return;
        }
    size_t count = ++file->metadata_count;
    file->metadata_keys = memory_resize(file->metadata_keys, count, sizeof(char *));
    file->metadata_values = memory_resize(file->metadata_values, count, sizeof(char *));
    file->metadata_keys[count - 1] = memory_copy_string(key);
    file->metadata_values[count - 1] = memory_copy_string(value);
}

const struct array *safetensors_find(const struct safetensors *file, const char *name)
{
    for (size_t i = 0; i < file->count; i++)
        if (strcmp(file->entries[i].name, name) == 0)
            return &file->entries[i].array;
    return NULL;
}

const char *safetensors_metadata(const struct safetensors *file, const char *key)
{
    for (size_t i = 0; i < file->metadata_count; i++)
        if (strcmp(file->metadata_keys[i], key) == 0)
            return file->metadata_values[i];
    return NULL;
}

void safetensors_free(struct safetensors *file)
{
    for (size_t i = 0; i < file->count; i++) {
        free(file->entries[i].name);
        array_free(&file->entries[i].array);
    }
    for (size_t i = 0; i < file->metadata_count; i++) {
        free(file->metadata_keys[i]);
        free(file->metadata_values[i]);
    }
    free(file->entries);
    free(file->metadata_keys);
    free(file->metadata_values);
    *file = (struct safetensors){0};
}

bool safetensors_save(const char *path, const struct safetensors *file, struct error *error)
{
    struct output output;
    if (!output_open(&output, path, error))
        return false;
    if (!safetensors_write(&output, file, error)) {
        output_discard(&output);
        return false;
    }
    return output_commit(&output, error);
}

bool safetensors_load(const char *path, struct safetensors *file, struct error *error)
{
    *file = (struct safetensors){0};
    struct stream *stream = stream_open(path, error);
    if (!stream)
        return false;
    bool good = safetensors_read(stream, file, error);
    stream_close(stream);
    return good;
}
