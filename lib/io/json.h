/*
 * JSON: nested arrays of numbers as arrays; arrays of objects, or rows with strings among them,
 * as tables. Values may follow one another, as in JSON Lines.
 */
#ifndef TESSERAE_IO_JSON_H
#define TESSERAE_IO_JSON_H

#include "base/output.h"
#include "io/array.h"
#include "io/csv.h"
#include "io/stream.h"

struct cJSON;
struct json;

/* Takes the whole stream in. NULL on failure. */
struct json *json_open(struct stream *stream, struct error *error);

/*
 * Parses the next value; free it with cJSON_Delete. Objects that follow one another (JSON Lines)
 * come as one array of objects. *end is true and *value NULL when there are no more. Errors
 * (EX_DATAERR) name the line.
 */
bool json_next(struct json *json, struct cJSON **value, bool *end, struct error *error);

void json_close(struct json *json);

/* Whether the value is an array of objects, or of rows with a string somewhere. */
bool json_is_table(const struct cJSON *value);

/*
 * A number, or arrays nested to any depth that ARRAY_MOST_DIMENSIONS allows, of equal lengths:
 * a float64 array. null is NaN, true is 1 and false 0. `name` is put in front of messages.
 */
bool json_to_array(const struct cJSON *value, const char *name, struct array *array,
                   struct error *error);

/*
 * Objects with the same keys (the header), or rows of equal lengths (no header). A column with a
 * string in it is text, and its numbers are written out; null is NaN, or empty text.
 */
bool json_to_table(const struct cJSON *value, const char *name, struct table *table,
                   struct error *error);

/* Writes one value and a newline; what is not finite becomes null. */
bool json_write_array(struct output *output, const struct array *array, struct error *error);

/* Columns of the same name are refused (EX_DATAERR) where the table has a header. */
bool json_write_table(struct output *output, const struct table *table, struct error *error);

/* Writes a string in quotation marks. */
void json_write_string(FILE *file, const char *text);

#endif
