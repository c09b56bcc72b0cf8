/*
 * A denoiser of the protocol of tesserae-denoiser(5) that knows nothing of this library: of data
 * that are N(0, V) in each number. For the tests of those who ask.
 *
 *     gaussian_denoiser [V [WHAT]]     V: 1 unless given; WHAT, to misbehave: double (answers as
 *                                      float64), fortran (in Fortran order), shape, dies, hangs,
 * nan
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LONGEST_HEADER = 4096 };

struct record {
    char header[LONGEST_HEADER]; /* the dictionary */
    size_t rows, count;          /* the first size, and the product of all */
    float *values;
    size_t capacity;             /* of the values, which are kept from question to question */
};

static void read_all(void *bytes, size_t count)
{
    if (fread(bytes, 1, count, stdin) != count)
        exit(65);
}

/* Room for the values, and for a row more than there should be. */
static void make_room(struct record *record)
{
    size_t count = record->count + (record->rows ? record->count / record->rows : 0);
    if (record->values && count <= record->capacity)
        return;
    free(record->values);
    record->values = malloc((count + 1) * sizeof *record->values);
    record->capacity = count;
    if (!record->values)
        exit(71);
}

/* Reads a record, of numbers of four bytes; 0 at the end of the questions. */
static int read_record(struct record *record)
{
    unsigned char start[10];
    size_t got = fread(start, 1, sizeof start, stdin);
    if (got == 0)
        return 0;
    size_t length = start[8] | (size_t)start[9] << 8;
    if (got != sizeof start || memcmp(start, "\x93NUMPY\1\0", 8) != 0 || length >= LONGEST_HEADER)
        exit(65);
    read_all(record->header, length);
    record->header[length] = '\0';
    const char *at = strchr(record->header, '(');
    record->rows = record->count = 1;
    for (int i = 0; at && at[1] && at[1] != ')'; i++) {
        char *end;
        size_t size = strtoul(at + 1, &end, 10);
        record->count *= size;
        if (i == 0)
            record->rows = size;
        at = *end == ',' ? end + (end[1] == ' ') : end - 1;
    }
    make_room(record);
    read_all(record->values, record->count * sizeof *record->values);
    return 1;
}

/* Writes the header of a record of two dimensions. */
static void write_header(const char *type, const char *fortran, size_t rows, size_t columns)
{
    char text[128] = "\x93NUMPY\1\0\x76";
    int used =
        snprintf(text + 10, 117, "{'descr': '<%s', 'fortran_order': %s, 'shape': (%zu, %zu)}", type,
                 fortran, rows, columns);
    memset(text + 10 + used, ' ', (size_t)(117 - used));
    text[127] = '\n';
    fwrite(text, 1, sizeof text, stdout);
}

static void answer(const float *noise, size_t rows, size_t columns, const char *what)
{
    int fortran = strcmp(what, "fortran") == 0, wide = strcmp(what, "double") == 0;
    if (strcmp(what, "shape") == 0)
        rows++;
    write_header(wide ? "f8" : "f4", fortran ? "True" : "False", rows, columns);
    if (!fortran && !wide) {
        fwrite(noise, sizeof *noise, rows * columns, stdout);
        fflush(stdout);
        return;
    }
    for (size_t i = 0; i < rows * columns; i++) {
        float value = noise[fortran ? i % rows * columns + i / rows : i];
        double as_double = (double)value;
        fwrite(wide ? (void *)&as_double : (void *)&value, wide ? 8 : 4, 1, stdout);
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    float variance = argc > 1 ? strtof(argv[1], NULL) : 1;
    const char *what = argc > 2 ? argv[2] : "";
    struct record x = {0}, t = {0}, condition = {0};
    while (read_record(&x)) {
        if (!read_record(&t) || !read_record(&condition))
            return 65;
        size_t columns = x.count / x.rows;
        float *noise = x.values; /* in place of what was asked */
        for (size_t row = 0; row < x.rows; row++) {
            float time = t.values[row], rest = 1 - time;
            float share = rest / (variance * time * time + rest * rest);
            for (size_t i = row * columns; i < (row + 1) * columns; i++)
                noise[i] *= share;
        }
        for (size_t i = 0; i < columns; i++)
            noise[x.count + i] = 0;
        if (strcmp(what, "nan") == 0)
            noise[0] = strtof("nan", NULL);
        if (t.values[0] > 0.5F && strcmp(what, "dies") == 0)
            exit(9); /* what it holds is still reachable, to leak checkers */
        if (t.values[0] > 0.5F && strcmp(what, "hangs") == 0)
            sleep(1000);
        answer(noise, x.rows, columns, what);
    }
    free(x.values);
    free(t.values);
    free(condition.values);
    return 0;
}
