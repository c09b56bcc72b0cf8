#include "io/records.h"

#include "base/memory.h"
#include "io/idx.h"
#include "io/image.h"
#include "io/json.h"
#include "io/npy.h"
#include "io/npz.h"
#include "io/safetensors.h"

#include <cJSON.h>
#include <stdlib.h>

struct records {
    struct stream *stream;
    enum stream_kind kind;
    struct table_options options;
    size_t count;            /* of records so far */
    struct npz *npz;
    struct json *json;
    struct safetensors safetensors;
};

struct records *records_open(struct stream *stream, const struct table_options *options,
                             struct error *error)
{
    struct records *records = memory_zeroed(1, sizeof *records);
    records->stream = stream;
    if (options)
        records->options = *options;
    records->kind = stream_recognise(stream, error);
    if (records->kind == STREAM_NPZ)
        records->npz = npz_open(stream, error);
    else if (records->kind == STREAM_JSON)
        records->json = json_open(stream, error);
    else if (records->kind == STREAM_SAFETENSORS)
        safetensors_read(stream, &records->safetensors, error);
    if (error->exit_code == EX_OK)
        return records;
    records_close(records);
    return NULL;
}

/* Takes the next tensor out of the file. */
static void take_tensor(struct records *records, struct record *record, bool *end)
{
    *end = records->count == records->safetensors.count;
    if (*end)
        return;
    struct safetensors_entry *entry = &records->safetensors.entries[records->count];
    record->name = memory_copy_string(entry->name);
    record->array = entry->array;
    entry->array = (struct array){0};
}

static bool next_json(struct records *records, struct record *record, bool *end,
                      struct error *error)
{
    cJSON *value;
    if (!json_next(records->json, &value, end, error) || *end)
        return error->exit_code == EX_OK;
    const char *name = stream_name(records->stream);
    record->is_table = json_is_table(value);
    bool good = record->is_table ? json_to_table(value, name, &record->table, error)
                                 : json_to_array(value, name, &record->array, error);
    cJSON_Delete(value);
    return good;
}

/* IDX, PNG and CSV hold one record. */
static bool only_one(struct records *records, struct record *record, bool *end,
                     struct error *error)
{
    *end = records->count > 0;
    if (*end)
        return true;
    if (records->kind == STREAM_IDX)
        return idx_read(records->stream, &record->array, error);
    if (records->kind == STREAM_PNG)
        return image_read(records->stream, &record->array, error);
    record->is_table = true;
    return table_read(records->stream, &records->options, &record->table, error);
}

bool records_next(struct records *records, struct record *record, bool *end, struct error *error)
{
    *record = (struct record){0};
    *end = false;
    switch (records->kind) {
    case STREAM_EMPTY: *end = true; break;
    case STREAM_NPY: npy_read(records->stream, &record->array, end, error); break;
    case STREAM_NPZ: npz_read(records->npz, &record->name, &record->array, end, error); break;
    case STREAM_JSON: next_json(records, record, end, error); break;
    case STREAM_SAFETENSORS: take_tensor(records, record, end); break;
    case STREAM_IDX:
    case STREAM_PNG:
    case STREAM_CSV: only_one(records, record, end, error); break;
    }
    records->count++;
    return error->exit_code == EX_OK;
}

size_t records_metadata_count(const struct records *records)
{
    return records->safetensors.metadata_count;
}

const char *records_metadata_key(const struct records *records, size_t position)
{
    return records->safetensors.metadata_keys[position];
}

const char *records_metadata_value(const struct records *records, size_t position)
{
    return records->safetensors.metadata_values[position];
}

void record_free(struct record *record)
{
    free(record->name);
    if (record->is_table)
        table_free(&record->table);
    else
        array_free(&record->array);
    *record = (struct record){0};
}

void records_close(struct records *records)
{
    if (!records)
        return;
    npz_close(records->npz);
    json_close(records->json);
    safetensors_free(&records->safetensors);
    free(records);
}
