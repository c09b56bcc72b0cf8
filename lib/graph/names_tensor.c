#include "graph/names_tensor.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const char tensor_name[] = "node_names";

void names_save(const struct names *names, struct safetensors *file)
{
    size_t bytes = 0;
    for (size_t i = 0; i < names->count; i++)
        bytes += strlen(names->strings[i]) + 1;
    char *text = memory_alloc(bytes, 1), *at = text;
    for (size_t i = 0; i < names->count; i++) {
        size_t length = strlen(names->strings[i]) + 1;
        memcpy(at, names->strings[i], length);
        at += length;
    }
    safetensors_add(file, tensor_name, DTYPE_U8, 1, &bytes, text);
    free(text);
}

bool names_load(struct names *names, const struct safetensors *file)
{
    const struct array *bytes = safetensors_find(file, tensor_name);
    if (!bytes || bytes->dtype != DTYPE_U8 || bytes->dimensions != 1)
        return false;
    const char *at = bytes->data, *end = at + bytes->shape[0];
    for (size_t count = 1; at < end; count++) {
        const char *zero = memchr(at, '\0', (size_t)(end - at));
        if (!zero)
            return false;
        names_add(names, at, (size_t)(zero - at));
        if (names->count != count)
            return false;
        at = zero + 1;
    }
    return true;
}
