/* Reading of NPZ; npz_write.c writes it. */
#include "io/npz.h"

#include "base/memory.h"
#include "io/npy.h"
#include "io/zip.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* One entry of the directory. */
struct member {
    char *name;
    unsigned method;
    unsigned flags;
    uint32_t checksum;
    uint64_t packed_bytes;
    uint64_t bytes;
    uint64_t position; /* of its local header */
};

struct npz {
    char *name;
    struct stream_bytes all;
    struct member *members;
    size_t count;
    size_t next;
};

static uint64_t number(const unsigned char *bytes, int size)
{
    uint64_t value = 0;
    for (int i = 0; i < size; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

static bool damaged(const struct npz *npz, const char *what, struct error *error)
{
    return error_set(error, EX_DATAERR, "%s: damaged zip archive: %s", npz->name, what);
}

/* Whether `size` bytes from `position` on lie in the file. */
static bool within(const struct npz *npz, uint64_t position, uint64_t size)
{
    return position <= npz->all.count && size <= npz->all.count - position;
}

/* Where the directory is and how many entries it has. */
struct directory {
    uint64_t position;
    uint64_t bytes;
    uint64_t entries;
};

static bool find_zip64_directory(const struct npz *npz, size_t end_position,
                                 struct directory *directory, struct error *error)
{
    const unsigned char *bytes = npz->all.bytes;
    if (end_position < ZIP64_LOCATOR_BYTES ||
        number(bytes + end_position - ZIP64_LOCATOR_BYTES, 4) != ZIP64_LOCATOR)
        return damaged(npz, "the ZIP64 directory is missing", error);
    uint64_t position = number(bytes + end_position - ZIP64_LOCATOR_BYTES + 8, 8);
    if (!within(npz, position, ZIP64_END_BYTES) || number(bytes + position, 4) != ZIP64_END)
        return damaged(npz, "the ZIP64 directory is missing", error);
    directory->entries = number(bytes + position + 32, 8);
    directory->bytes = number(bytes + position + 40, 8);
    directory->position = number(bytes + position + 48, 8);
    return true;
}

/* The record at the archive's end may be followed by a comment of up to 65535 bytes. */
static bool find_directory(const struct npz *npz, struct directory *directory,
                           struct error *error)
{
    const unsigned char *bytes = npz->all.bytes;
    size_t count = npz->all.count;
    for (size_t back = ZIP_END_BYTES; back <= count && back <= ZIP_END_BYTES + UINT16_MAX; back++) {
        const unsigned char *end = bytes + count - back;
        if (number(end, 4) != ZIP_END || number(end + 20, 2) != back - ZIP_END_BYTES)
            continue;
        directory->entries = number(end + 10, 2);
        directory->bytes = number(end + 12, 4);
        directory->position = number(end + 16, 4);
        if (directory->entries == UINT16_MAX || directory->position == UINT32_MAX)
            return find_zip64_directory(npz, count - back, directory, error);
        return true;
    }
    return damaged(npz, "it is truncated, or its directory is missing", error);
}

/* Sizes that do not fit 32 bits stand in an extra field, in this order, only where needed. */
static void read_zip64_sizes(const unsigned char *extra, size_t length, struct member *member)
{
    while (length >= 4) {
        size_t size = number(extra + 2, 2);
        if (size > length - 4)
            return;
        if (number(extra, 2) == ZIP64_EXTRA) {
            uint64_t *const sizes[] = {&member->bytes, &member->packed_bytes, &member->position};
            const unsigned char *next = extra + 4, *end = next + size;
            for (int i = 0; i < 3; i++)
                if (*sizes[i] == UINT32_MAX && end - next >= 8) {
                    *sizes[i] = number(next, 8);
                    next += 8;
                }
            return;
        }
        extra += 4 + size;
        length -= 4 + size;
    }
}

static bool read_entry(struct npz *npz, uint64_t *position, uint64_t end, struct error *error)
{
    const unsigned char *entry = npz->all.bytes + *position;
    if (end - *position < ZIP_ENTRY_BYTES || number(entry, 4) != ZIP_ENTRY)
        return damaged(npz, "an entry of its directory is malformed", error);
    size_t name_length = number(entry + 28, 2), extra_length = number(entry + 30, 2);
    size_t whole = ZIP_ENTRY_BYTES + name_length + extra_length + number(entry + 32, 2);
    if (end - *position < whole)
        return damaged(npz, "an entry of its directory is malformed", error);
    const char *name = (const char *)entry + ZIP_ENTRY_BYTES;
    struct member *member = &npz->members[npz->count++];
    *member = (struct member){.flags = (unsigned)number(entry + 8, 2),
                              .method = (unsigned)number(entry + 10, 2),
                              .checksum = (uint32_t)number(entry + 16, 4),
                              .packed_bytes = number(entry + 20, 4),
                              .bytes = number(entry + 24, 4),
                              .position = number(entry + 42, 4)};
    read_zip64_sizes(entry + ZIP_ENTRY_BYTES + name_length, extra_length, member);
    if (name_length >= 4 && memcmp(name + name_length - 4, ".npy", 4) == 0)
        name_length -= 4;
    member->name = memory_copy_bytes(name, name_length);
    *position += whole;
    return true;
}

static bool read_directory(struct npz *npz, struct error *error)
{
    struct directory directory = {0};
    if (!find_directory(npz, &directory, error))
        return false;
    if (!within(npz, directory.position, directory.bytes) ||
        directory.entries > directory.bytes / ZIP_ENTRY_BYTES)
        return damaged(npz, "its directory lies outside of the file", error);
    npz->members = memory_zeroed((size_t)directory.entries, sizeof *npz->members);
    uint64_t position = directory.position, end = directory.position + directory.bytes;
    for (uint64_t i = 0; i < directory.entries; i++)
        if (!read_entry(npz, &position, end, error))
            return false;
    return true;
}

struct npz *npz_open(struct stream *stream, struct error *error)
{
    struct npz *npz = memory_zeroed(1, sizeof *npz);
    npz->name = memory_copy_string(stream_name(stream));
    if (stream_read_all(stream, &npz->all, error) && read_directory(npz, error))
        return npz;
    npz_close(npz);
    return NULL;
}

static bool inflate_member(const unsigned char *packed, uint64_t packed_bytes,
                           unsigned char *bytes, uint64_t count)
{
    z_stream inflater = {0};
    if (inflateInit2(&inflater, -MAX_WBITS) != Z_OK)
        error_die(EX_OSERR, "out of memory: cannot unpack a zip archive");
    int result = Z_OK;
    inflater.next_in = (unsigned char *)(uintptr_t)packed;
    inflater.next_out = bytes;
    uint64_t in = packed_bytes, out = count;
    while (result == Z_OK) {
        uInt in_now = (uInt)(in < UINT_MAX ? in : UINT_MAX);
        uInt out_now = (uInt)(out < UINT_MAX ? out : UINT_MAX);
        inflater.avail_in = in_now;
        inflater.avail_out = out_now;
        result = inflate(&inflater, Z_NO_FLUSH);
        in -= in_now - inflater.avail_in;
        out -= out_now - inflater.avail_out;
    }
    inflateEnd(&inflater);
    return result == Z_STREAM_END && out == 0;
}

/* Where the packed bytes of a member begin: behind a local header, whose lengths are its own. */
static bool find_data(const struct npz *npz, const struct member *member, uint64_t *data)
{
    if (!within(npz, member->position, ZIP_LOCAL_BYTES))
        return false;
    const unsigned char *local = npz->all.bytes + member->position;
    *data = member->position + ZIP_LOCAL_BYTES + number(local + 26, 2) + number(local + 28, 2);
    return number(local, 4) == ZIP_LOCAL && within(npz, *data, member->packed_bytes);
}

/* The member's bytes, in new memory. */
static unsigned char *unpack(const struct npz *npz, const struct member *member, const char *place,
                             struct error *error)
{
    uint64_t data;
    const char *wrong = NULL;
    if (member->flags & ZIP_ENCRYPTED)
        wrong = "it is encrypted";
    else if (member->method != ZIP_STORED && member->method != ZIP_DEFLATED)
        wrong = "it is neither stored nor deflated";
    else if (!find_data(npz, member, &data))
        wrong = "it lies outside of the file";
    else if (member->method == ZIP_STORED && member->bytes != member->packed_bytes)
        wrong = "its sizes do not agree";
    else if (member->bytes / ZIP_MOST_RATIO > member->packed_bytes)
        wrong = "its size is more than its bytes can unpack to";
    if (wrong) {
        error_set(error, EX_DATAERR, "%s: damaged zip archive: %s", place, wrong);
        return NULL;
    }
    unsigned char *bytes = memory_alloc((size_t)member->bytes, 1);
    const unsigned char *packed = npz->all.bytes + data;
    if (member->method == ZIP_STORED)
        memcpy(bytes, packed, (size_t)member->bytes);
    else if (!inflate_member(packed, member->packed_bytes, bytes, member->bytes))
        wrong = "it cannot be unpacked";
    if (!wrong && crc32_z(0, bytes, (size_t)member->bytes) != member->checksum)
        wrong = "its checksum is wrong";
    if (!wrong)
        return bytes;
    error_set(error, EX_DATAERR, "%s: damaged zip archive: %s", place, wrong);
    free(bytes);
    return NULL;
}

static bool read_member(const struct npz *npz, const struct member *member, struct array *array,
                        struct error *error)
{
    char *place = memory_format("%s: member '%.64s'", npz->name, member->name);
    unsigned char *bytes = unpack(npz, member, place, error);
    bool good = bytes != NULL, end = false;
    if (good) {
        struct stream *stream = stream_from_memory(bytes, (size_t)member->bytes, place);
        good = npy_read(stream, array, &end, error);
        if (good && end)
            good = error_set(error, EX_DATAERR, "%s: empty; expected an NPY record", place);
        stream_close(stream);
    }
    free(bytes);
    free(place);
    return good;
}

bool npz_read(struct npz *npz, char **name, struct array *array, bool *end, struct error *error)
{
    *array = (struct array){0};
    *name = NULL;
    *end = npz->next == npz->count;
    if (*end)
        return true;
    const struct member *member = &npz->members[npz->next++];
    if (!read_member(npz, member, array, error))
        return false;
    *name = memory_copy_string(member->name);
    return true;
}

void npz_close(struct npz *npz)
{
    if (!npz)
        return;
    for (size_t i = 0; i < npz->count; i++)
        free(npz->members[i].name);
    free(npz->members);
    stream_free_bytes(&npz->all);
    free(npz->name);
    free(npz);
}
