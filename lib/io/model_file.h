/*
 * Model files: safetensors whose metadata say of which kind a model is and how it is configured.
 *
 * A model lists the fields of its configuration once, as data, and the same list writes them and
 * reads them:
 *
 *     static size_t list_fields(struct options *o, struct model_field *fields)
 *     {
 *         const struct model_field all[] = {model_number("width", &o->width, 1, 65536),
 *                                           model_word("conv", &o->conv, convolution_names),
 *                                           model_flag("residual", &o->residual)};
 *         memcpy(fields, all, sizeof all);
 *         return sizeof all / sizeof *all;
 *     }
 *
 * In the file the configuration is one JSON object, the metadata "configuration"; "kind" names the
 * kind, "program_version" who wrote it.
 */
#ifndef TESSERAE_IO_MODEL_FILE_H
#define TESSERAE_IO_MODEL_FILE_H

#include "io/safetensors.h"

struct model_kind {
    const char *name;    /* "tesserae spacetime" */
    const char *program; /* what writes it: "dag-spacetime" */
};

enum model_field_type {
    MODEL_NUMBER,
    MODEL_REAL,
    MODEL_FLAG,
    MODEL_WORD,
    MODEL_TEXT,
    MODEL_NUMBERS,
    MODEL_REALS,
    MODEL_TEXTS
};

/* Made by the functions below. What it points to is the caller's, except texts (see there). */
struct model_field {
    const char *name;
    enum model_field_type type;
    void *value;
    size_t *count; /* of lists */
    size_t most;
    double low, high;
    const char *const *words;
};

/* A whole number in [low, high], at most 2^53. */
struct model_field model_number(const char *name, size_t *value, size_t low, size_t high);

/* A finite number in [low, high]. */
struct model_field model_real(const char *name, double *value, double low, double high);

struct model_field model_flag(const char *name, bool *value);

/* The position in a NULL-terminated list of words, written as the word. */
struct model_field model_word(const char *name, int *position, const char *const *words);

/* A string; reading allocates it, and the caller frees it. */
struct model_field model_text(const char *name, char **value);

/* Lists of at most `most` items in memory of the caller's. */
struct model_field model_numbers(const char *name, size_t *values, size_t *count, size_t most,
                                 size_t low, size_t high);
struct model_field model_reals(const char *name, double *values, size_t *count, size_t most,
                               double low, double high);

/* A list of strings; reading allocates the list and each string, and the caller frees them. */
struct model_field model_texts(const char *name, char ***values, size_t *count, size_t most);

/* Sets the metadata of a file that is to be written. */
void model_file_describe(struct safetensors *file, const struct model_kind *kind,
                         const struct model_field *fields, size_t count);

/*
 * Whether a file is of the kind, for programs that take models of several kinds; false when the
 * file says nothing.
 */
bool model_file_is(const struct safetensors *file, const struct model_kind *kind);

/*
 * Reads the fields. EX_DATAERR when the file is of another kind, or a field is missing, of another
 * type or out of its range (named); nothing is then left allocated. `place` names the file in
 * messages. Tensors are the model's own business: it should compare the sizes that it has read
 * with model_file_values before it makes anything of them.
 */
bool model_file_configuration(const struct safetensors *file, const struct model_kind *kind,
                              const struct model_field *fields, size_t count, const char *place,
                              struct error *error);

/* The number of values in all tensors of the file: no model has more parameters than that. */
size_t model_file_values(const struct safetensors *file);

#endif
