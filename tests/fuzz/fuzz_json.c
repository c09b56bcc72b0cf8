/* JSON: through the reader of every kind, so that rows, objects, arrays and JSON Lines are met. */
#include "io/json.h"

#include "fuzz.h"

#include <cJSON.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct error error = {0};
    struct stream *stream = stream_from_memory(bytes, count, "fuzz");
    struct json *json = json_open(stream, &error);
    bool end = false;
    while (json && !end) {
        struct cJSON *value;
        struct error unfit = {0};
        struct array array = {0};
        struct table table = {0};
        if (!json_next(json, &value, &end, &error) || end)
            break;
        if (json_to_array(value, "fuzz", &array, &unfit))
            array_free(&array);
        if (json_is_table(value) && json_to_table(value, "fuzz", &table, &error))
            table_free(&table);
        cJSON_Delete(value);
    }
    json_close(json);
    stream_close(stream);
    return 0;
}
