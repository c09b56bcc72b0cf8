/* Writing of NPZ: members as they are, then the directory. */
#include "io/npz.h"

#include "base/memory.h"
#include "io/npy.h"
#include "io/zip.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct npz_writer {
    struct output *output;
    uint64_t position;       /* bytes written */
    size_t count;
    unsigned char *directory;
    size_t directory_bytes;
    size_t directory_capacity;
};

enum { DATE = 1 << 5 | 1 }; /* 1980-01-01: the same arrays give the same bytes */

/* Appends a number in `size` bytes, low byte first; returns where the next one goes. */
static unsigned char *put(unsigned char *bytes, uint64_t value, int size)
{
    for (int i = 0; i < size; i++)
        bytes[i] = (unsigned char)(value >> 8 * i);
    return bytes + size;
}

struct npz_writer *npz_begin(struct output *output)
{
    struct npz_writer *writer = memory_zeroed(1, sizeof *writer);
    writer->output = output;
    return writer;
}

/* What local header and directory entry have in common, from "version needed" on. */
static unsigned char *put_common(unsigned char *bytes, uint32_t checksum, uint64_t size,
                                 size_t name_length)
{
    bytes = put(bytes, ZIP_VERSION, 2);
    bytes = put(bytes, ZIP_UTF8_NAMES, 2);
    bytes = put(bytes, ZIP_STORED, 2);
    bytes = put(bytes, 0, 2); /* time */
    bytes = put(bytes, DATE, 2);
    bytes = put(bytes, checksum, 4);
    bytes = put(bytes, size, 4);
    bytes = put(bytes, size, 4);
    bytes = put(bytes, name_length, 2);
    return put(bytes, 0, 2); /* extra */
}

static void add_to_directory(struct npz_writer *writer, uint32_t checksum, size_t size,
                             const char *name)
{
    size_t length = strlen(name), whole = ZIP_ENTRY_BYTES + length;
    writer->directory = memory_grow(writer->directory, &writer->directory_capacity,
                                    writer->directory_bytes + whole, 1);
    unsigned char *entry = writer->directory + writer->directory_bytes;
    memset(entry, 0, ZIP_ENTRY_BYTES);
    put(entry, ZIP_ENTRY, 4);
    put(entry + 4, ZIP_VERSION, 2);
    put_common(entry + 6, checksum, size, length);
    put(entry + 42, writer->position, 4);
    memcpy(entry + ZIP_ENTRY_BYTES, name, length);
    writer->directory_bytes += whole;
    writer->count++;
}

static bool write_member(struct npz_writer *writer, const char *name, const unsigned char *bytes,
                         size_t count, struct error *error)
{
    unsigned char local[ZIP_LOCAL_BYTES];
    size_t length = strlen(name);
    if (length > UINT16_MAX || writer->count == UINT16_MAX ||
        count + writer->position + writer->directory_bytes > UINT32_MAX - UINT16_MAX)
        return error_set(error, EX_DATAERR, "%s: the archive would exceed 4 GiB or 65535 members; "
                         "write .npy instead", writer->output->name);
    uint32_t checksum = (uint32_t)crc32_z(0, bytes, count);
    put(local, ZIP_LOCAL, 4);
    put_common(local + 4, checksum, count, length);
    add_to_directory(writer, checksum, count, name);
    writer->position += ZIP_LOCAL_BYTES + length + count;
    return output_write(writer->output, local, sizeof local, error) &&
           output_write(writer->output, name, length, error) &&
           output_write(writer->output, bytes, count, error);
}

bool npz_add(struct npz_writer *writer, const char *name, const struct array *array,
             struct error *error)
{
    /* The checksum stands before the data: the record is made in memory. */
    char *bytes;
    size_t count;
    struct output record = {
        .file = memory_stream_open(&bytes, &count), .name = writer->output->name, .slot = -1};
    bool good = npy_write(&record, array, error);
    memory_stream_close(record.file, &bytes);
    if (good) {
        char *full_name = memory_format("%s.npy", name);
        good = write_member(writer, full_name, (unsigned char *)bytes, count, error);
        free(full_name);
    }
    free(bytes);
    return good;
}

bool npz_finish(struct npz_writer *writer, struct error *error)
{
    unsigned char end[ZIP_END_BYTES] = {0};
    put(end, ZIP_END, 4);
    put(end + 8, writer->count, 2);
    put(end + 10, writer->count, 2);
    put(end + 12, writer->directory_bytes, 4);
    put(end + 16, writer->position, 4);
    bool good = error->exit_code == EX_OK &&
                output_write(writer->output, writer->directory, writer->directory_bytes, error) &&
                output_write(writer->output, end, sizeof end, error);
    free(writer->directory);
    free(writer);
    return good;
}
