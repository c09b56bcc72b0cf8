/*
 * safetensors: named tensors and string metadata in one file. Models, adapters and checkpoints.
 */
#ifndef TESSERAE_IO_SAFETENSORS_H
#define TESSERAE_IO_SAFETENSORS_H

#include "base/output.h"
#include "io/array.h"
#include "io/stream.h"

struct safetensors_entry {
    char *name;
    struct array array;
};

struct safetensors {
    size_t count;
    struct safetensors_entry *entries; /* in the order they were added, or of the file's offsets */
    size_t metadata_count;
    char **metadata_keys;
    char **metadata_values;
};

/* Reads a file whole (mapped where possible); free with safetensors_free. */
bool safetensors_read(struct stream *stream, struct safetensors *file, struct error *error);

/* Writes header and data; entries need not own their data. */
bool safetensors_write(struct output *output, const struct safetensors *file, struct error *error);

/* The same to and from a path; the file is written beside and renamed. */
bool safetensors_save(const char *path, const struct safetensors *file, struct error *error);
bool safetensors_load(const char *path, struct safetensors *file, struct error *error);

/* Adds a copy of the values / a metadata string; for building a file to be written. */
void safetensors_add(struct safetensors *file, const char *name, enum dtype dtype, int dimensions,
                     const size_t *shape, const void *values);
void safetensors_set_metadata(struct safetensors *file, const char *key, const char *value);

/* NULL when there is none of that name. */
const struct array *safetensors_find(const struct safetensors *file, const char *name);
const char *safetensors_metadata(const struct safetensors *file, const char *key);

void safetensors_free(struct safetensors *file);

#endif
