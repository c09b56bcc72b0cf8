#include "io/model_file.h"

#include "base/memory.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The largest range in which every whole number is a double. */
static const double most_whole = 9007199254740992.0;

static double bound(size_t value)
{
    return fmin((double)value, most_whole);
}

struct model_field model_number(const char *name, size_t *value, size_t low, size_t high)
{
    return (struct model_field){.name = name, .type = MODEL_NUMBER, .value = value,
                                .low = bound(low), .high = bound(high)};
}

struct model_field model_real(const char *name, double *value, double low, double high)
{
    return (struct model_field){.name = name, .type = MODEL_REAL, .value = value, .low = low,
                                .high = high};
}

struct model_field model_flag(const char *name, bool *value)
{
    return (struct model_field){.name = name, .type = MODEL_FLAG, .value = value};
}

struct model_field model_word(const char *name, int *position, const char *const *words)
{
    return (struct model_field){.name = name, .type = MODEL_WORD, .value = position,
                                .words = words};
}

struct model_field model_text(const char *name, char **value)
{
    return (struct model_field){.name = name, .type = MODEL_TEXT, .value = value};
}

struct model_field model_numbers(const char *name, size_t *values, size_t *count, size_t most,
                                 size_t low, size_t high)
{
    return (struct model_field){.name = name, .type = MODEL_NUMBERS, .value = values,
                                .count = count, .most = most, .low = bound(low),
                                .high = bound(high)};
}

struct model_field model_reals(const char *name, double *values, size_t *count, size_t most,
                               double low, double high)
{
    return (struct model_field){.name = name, .type = MODEL_REALS, .value = values,
                                .count = count, .most = most, .low = low, .high = high};
}

struct model_field model_texts(const char *name, char ***values, size_t *count, size_t most)
{
    return (struct model_field){.name = name, .type = MODEL_TEXTS, .value = values,
                                .count = count, .most = most};
}

/* --- writing --- */

static cJSON *list_to_json(const struct model_field *field)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < *field->count; i++)
        switch (field->type) {
        case MODEL_NUMBERS:
            cJSON_AddItemToArray(list,
                                 cJSON_CreateNumber((double)((const size_t *)field->value)[i]));
            break;
        case MODEL_REALS:
            cJSON_AddItemToArray(list, cJSON_CreateNumber(((const double *)field->value)[i]));
            break;
        default:
            cJSON_AddItemToArray(list, cJSON_CreateString((*(char ***)field->value)[i]));
        }
    return list;
}

static cJSON *field_to_json(const struct model_field *field)
{
    switch (field->type) {
    case MODEL_NUMBER: return cJSON_CreateNumber((double)*(const size_t *)field->value);
    case MODEL_REAL: return cJSON_CreateNumber(*(const double *)field->value);
    case MODEL_FLAG: return cJSON_CreateBool(*(const bool *)field->value);
    case MODEL_WORD: return cJSON_CreateString(field->words[*(const int *)field->value]);
    case MODEL_TEXT: return cJSON_CreateString(*(char *const *)field->value);
    default: return list_to_json(field);
    }
}

void model_file_describe(struct safetensors *file, const struct model_kind *kind,
                         const struct model_field *fields, size_t count)
{
    cJSON *root = cJSON_CreateObject();
    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToObject(root, fields[i].name, field_to_json(&fields[i]));
    char *text = cJSON_PrintUnformatted(root);
    if (!text)
        error_die(EX_OSERR, "out of memory: cannot print the configuration");
    safetensors_set_metadata(file, "kind", kind->name);
    safetensors_set_metadata(file, "program_version", PACKAGE_VERSION);
    safetensors_set_metadata(file, "configuration", text);
    cJSON_free(text);
    cJSON_Delete(root);
}

/* --- reading --- */

static bool read_whole(const cJSON *item, const struct model_field *field, size_t *value)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= field->low) ||
        !(item->valuedouble <= field->high) || item->valuedouble != floor(item->valuedouble))
        return false;
    *value = (size_t)item->valuedouble;
    return true;
}

static bool read_real(const cJSON *item, const struct model_field *field, double *value)
{
    if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble) ||
        !(item->valuedouble >= field->low) || !(item->valuedouble <= field->high))
        return false;
    *value = item->valuedouble;
    return true;
}

static bool read_word(const cJSON *item, const struct model_field *field, int *position)
{
    for (*position = 0; cJSON_IsString(item) && field->words[*position]; ++*position)
        if (strcmp(field->words[*position], item->valuestring) == 0)
            return true;
    return false;
}

static void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

static bool read_texts(const cJSON *list, const struct model_field *field)
{
    size_t count = (size_t)cJSON_GetArraySize(list), filled = 0;
    char **texts = memory_zeroed(count, sizeof *texts);
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        if (!cJSON_IsString(item)) {
            free_texts(texts, filled);
            return false;
        }
        texts[filled++] = memory_copy_string(item->valuestring);
    }
    *(char ***)field->value = texts;
    *field->count = count;
    return true;
}

static bool read_list(const cJSON *list, const struct model_field *field)
{
    if (!cJSON_IsArray(list) || (size_t)cJSON_GetArraySize(list) > field->most)
        return false;
    if (field->type == MODEL_TEXTS)
        return read_texts(list, field);
    const cJSON *item;
    *field->count = 0;
    cJSON_ArrayForEach(item, list)
    {
        size_t i = (*field->count)++;
        if (!(field->type == MODEL_NUMBERS
                  ? read_whole(item, field, (size_t *)field->value + i)
                  : read_real(item, field, (double *)field->value + i)))
            return false;
    }
    return true;
}

static bool read_field(const cJSON *item, const struct model_field *field)
{
    switch (field->type) {
    case MODEL_NUMBER: return read_whole(item, field, field->value);
    case MODEL_REAL: return read_real(item, field, field->value);
    case MODEL_FLAG: *(bool *)field->value = cJSON_IsTrue(item); return cJSON_IsBool(item);
    case MODEL_WORD: return read_word(item, field, field->value);
    case MODEL_TEXT:
        if (!cJSON_IsString(item))
            return false;
        *(char **)field->value = memory_copy_string(item->valuestring);
        return true;
    default: return read_list(item, field);
    }
}

/* Takes back what reading the field has allocated. */
static void release(const struct model_field *field)
{
    if (field->type == MODEL_TEXT) {
        free(*(char **)field->value);
        *(char **)field->value = NULL;
    } else if (field->type == MODEL_TEXTS) {
        free_texts(*(char ***)field->value, *field->count);
        *(char ***)field->value = NULL;
        *field->count = 0;
    }
}

static bool read_fields(const cJSON *root, const struct model_field *fields, size_t count,
                        const char *place, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (read_field(cJSON_GetObjectItemCaseSensitive(root, fields[i].name), &fields[i]))
            continue;
        for (size_t k = 0; k < i; k++)
            release(&fields[k]);
        return error_set(error, EX_DATAERR,
                         "%s: the configuration's '%s' is missing or not what such a model has",
                         place, fields[i].name);
    }
    return true;
}

bool model_file_is(const struct safetensors *file, const struct model_kind *kind)
{
    const char *name = safetensors_metadata(file, "kind");
    return name && strcmp(name, kind->name) == 0;
}

bool model_file_configuration(const struct safetensors *file, const struct model_kind *kind,
                              const struct model_field *fields, size_t count, const char *place,
                              struct error *error)
{
    const char *name = safetensors_metadata(file, "kind");
    const char *text = safetensors_metadata(file, "configuration");
    if (!model_file_is(file, kind))
        return error_set(error, EX_DATAERR, "%s: not a model of %s%s%s", place, kind->program,
                         name ? "; it is of the kind " : "", name ? name : "");
    cJSON *root = text ? cJSON_Parse(text) : NULL;
    bool good = cJSON_IsObject(root)
                    ? read_fields(root, fields, count, place, error)
                    : error_set(error, EX_DATAERR, "%s: the configuration is not a JSON object",
                                place);
    cJSON_Delete(root);
    return good;
}

size_t model_file_values(const struct safetensors *file)
{
    size_t values = 0;
    for (size_t i = 0; i < file->count; i++)
        values += array_count(&file->entries[i].array);
    return values;
}
