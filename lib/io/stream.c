#include "io/stream.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    BUFFER_BYTES = 1 << 18,
    PIPE_BYTES = 1 << 20,       /* the most that Linux gives without privileges */
    MOST_PEEKED = 4096,
    SIGNATURE_BYTES = 16,       /* enough to tell the formats apart */
    FIRST_BLOCK = 1 << 20,      /* what a size that may be a lie gets at first */
    MAPPING_ALIGNMENT = 8,      /* of the largest element */
    GZIP_WINDOW = 15 + 16       /* zlib's way to say: gzip, largest window */
};

struct stream {
    char *name;
    int descriptor;              /* -1: reads from a source, or from memory */
    stream_source *source;       /* or NULL */
    void *source_context;
    bool plain_file;             /* size and position are known */
    size_t position; /* of the next byte that has not been taken in, in file or memory */
    size_t size;                 /* of the file or the memory */
    const unsigned char *memory;
    size_t records;

    unsigned char *buffer;       /* plain bytes start .. end wait to be read */
    size_t start;
    size_t end;

    bool gzip;
    unsigned char *packed;       /* gzip bytes wait in inflater.next_in */
    z_stream inflater;
    bool member_ended;           /* between two gzip members */
};

/* Bytes as they lie in the source; 0 at the end or on failure. */
static size_t take_in(struct stream *stream, void *bytes, size_t count, struct error *error)
{
    if (stream->source)
        return stream->source(stream->source_context, bytes, count, error);
    if (stream->descriptor < 0) {
        size_t left = stream->size - stream->position;
        count = count < left ? count : left;
        if (count)
            memcpy(bytes, stream->memory + stream->position, count);
        stream->position += count;
        return count;
    }
    ssize_t got;
    do
        got = read(stream->descriptor, bytes, count < SSIZE_MAX ? count : SSIZE_MAX);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        error_set_errno(error, EX_IOERR, "%s: cannot read", stream->name);
        return 0;
    }
    stream->position += (size_t)got;
    return (size_t)got;
}

static bool damaged(struct stream *stream, const char *what, struct error *error)
{
    return error_set(error, EX_DATAERR, "%s: damaged gzip: %s", stream->name, what);
}

/* Makes sure that there are packed bytes, unless the source has ended. */
static bool refill_packed(struct stream *stream, struct error *error)
{
    if (stream->inflater.avail_in > 0)
        return true;
    size_t got = take_in(stream, stream->packed, BUFFER_BYTES, error);
    stream->inflater.next_in = stream->packed;
    stream->inflater.avail_in = (uInt)got;
    return error->exit_code == EX_OK;
}

/* Another member may follow the one that ended; false at the end of the source or on failure. */
static bool next_member(struct stream *stream, struct error *error)
{
    if (!refill_packed(stream, error) || stream->inflater.avail_in == 0)
        return false;
    if (*stream->inflater.next_in != 0x1f)
        return damaged(stream, "other bytes follow it", error);
    inflateReset(&stream->inflater);
    stream->member_ended = false;
    return true;
}

static size_t unpack(struct stream *stream, void *bytes, size_t count, struct error *error)
{
    z_stream *inflater = &stream->inflater;
    inflater->next_out = bytes;
    inflater->avail_out = (uInt)(count < UINT_MAX ? count : UINT_MAX);
    size_t wanted = inflater->avail_out;
    while (inflater->avail_out == wanted) {
        if (stream->member_ended && !next_member(stream, error))
            return 0;
        if (!refill_packed(stream, error))
            return 0;
        if (inflater->avail_in == 0) {
            damaged(stream, "it is truncated", error);
            return 0;
        }
        int result = inflate(inflater, Z_NO_FLUSH);
        stream->member_ended = result == Z_STREAM_END;
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
            damaged(stream, inflater->msg ? inflater->msg : "it cannot be unpacked", error);
            return 0;
        }
    }
    return wanted - inflater->avail_out;
}

/* Plain bytes into memory of the caller, past the buffer. */
static size_t produce(struct stream *stream, void *bytes, size_t count, struct error *error)
{
    return stream->gzip ? unpack(stream, bytes, count, error)
                        : take_in(stream, bytes, count, error);
}

/* Reads on until the buffer holds `count` bytes or the stream has ended. */
static bool fill(struct stream *stream, size_t count, struct error *error)
{
    if (stream->end - stream->start >= count)
        return true;
    memmove(stream->buffer, stream->buffer + stream->start, stream->end - stream->start);
    stream->end -= stream->start;
    stream->start = 0;
    while (stream->end < count) {
        size_t got =
            produce(stream, stream->buffer + stream->end, BUFFER_BYTES - stream->end, error);
        if (error->exit_code != EX_OK)
            return false;
        if (got == 0)
            break;
        stream->end += got;
    }
    return true;
}

/* Looks at the first two bytes and turns the bytes in the buffer into packed ones. */
static bool begin(struct stream *stream, struct error *error)
{
    stream->buffer = memory_alloc(BUFFER_BYTES, 1);
    if (!fill(stream, 2, error))
        return false;
    if (stream->end < 2 || stream->buffer[0] != 0x1f || stream->buffer[1] != 0x8b)
        return true;
    if (inflateInit2(&stream->inflater, GZIP_WINDOW) != Z_OK)
        error_die(EX_OSERR, "out of memory: cannot unpack gzip");
    stream->gzip = true;
    stream->packed = stream->buffer;
    stream->inflater.next_in = stream->packed;
    stream->inflater.avail_in = (uInt)stream->end;
    stream->buffer = memory_alloc(BUFFER_BYTES, 1);
    stream->end = 0;
    return true;
}

const char *stream_path_name(const char *path)
{
    return !path || strcmp(path, "-") == 0 ? "standard input" : path;
}

static bool open_descriptor(struct stream *stream, const char *path, struct error *error)
{
    bool standard_input = !path || strcmp(path, "-") == 0;
    stream->name = memory_copy_string(stream_path_name(path));
    stream->descriptor = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (stream->descriptor < 0 || fstat(stream->descriptor, &status) != 0)
        return error_set_errno(error, EX_NOINPUT, "%s: cannot open", stream->name);
    if (S_ISDIR(status.st_mode))
        return error_set(error, EX_NOINPUT, "%s: is a folder; expected a file", stream->name);
    if (S_ISFIFO(status.st_mode))
        fcntl(stream->descriptor, F_SETPIPE_SZ, PIPE_BYTES); /* only for speed: may fail */
    /* Files of /proc claim to be empty. */
    if (S_ISREG(status.st_mode) && status.st_size > 0) {
        off_t position = lseek(stream->descriptor, 0, SEEK_CUR);
        stream->plain_file = position >= 0 && position <= status.st_size;
        stream->position = stream->plain_file ? (size_t)position : 0;
        stream->size = (size_t)status.st_size;
    }
    return true;
}

struct stream *stream_open(const char *path, struct error *error)
{
    struct stream *stream = memory_zeroed(1, sizeof *stream);
    if (!open_descriptor(stream, path, error) || !begin(stream, error)) {
        stream_close(stream);
        return NULL;
    }
    return stream;
}

struct stream *stream_from_memory(const void *bytes, size_t count, const char *name)
{
    struct stream *stream = memory_zeroed(1, sizeof *stream);
    struct error error = {0};
    stream->name = memory_copy_string(name);
    stream->descriptor = -1;
    stream->memory = bytes;
    stream->size = count;
    begin(stream, &error); /* cannot fail: nothing is unpacked yet */
    return stream;
}

struct stream *stream_from_source(stream_source *source, void *context, const char *name,
                                  struct error *error)
{
    struct stream *stream = memory_zeroed(1, sizeof *stream);
    stream->name = memory_copy_string(name);
    stream->descriptor = -1;
    stream->source = source;
    stream->source_context = context;
    if (begin(stream, error))
        return stream;
    stream_close(stream);
    return NULL;
}

const char *stream_name(const struct stream *stream)
{
    return stream->name;
}

size_t stream_count_record(struct stream *stream)
{
    return ++stream->records;
}

size_t stream_records(const struct stream *stream)
{
    return stream->records;
}

size_t stream_peek(struct stream *stream, const unsigned char **bytes, size_t count,
                   struct error *error)
{
    *bytes = stream->buffer;
    if (!fill(stream, count < MOST_PEEKED ? count : MOST_PEEKED, error))
        return 0;
    *bytes = stream->buffer + stream->start;
    size_t there = stream->end - stream->start;
    return there < count ? there : count;
}

static bool looks_like_idx(const unsigned char *bytes, size_t count)
{
    static const char types[] = {0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e};
    return count >= 4 && bytes[0] == 0 && bytes[1] == 0 && bytes[3] > 0 &&
           memchr(types, bytes[2], sizeof types);
}

static bool looks_like_safetensors(const unsigned char *bytes, size_t count)
{
    return count >= 9 && bytes[5] == 0 && bytes[6] == 0 && bytes[7] == 0 && bytes[8] == '{';
}

/* The position of the first byte that is neither byte order mark nor white space. */
static size_t skip_spaces(const unsigned char *bytes, size_t count)
{
    size_t first = count >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (first < count && (bytes[first] == ' ' || (bytes[first] >= '\t' && bytes[first] <= '\r')))
        first++;
    return first;
}

enum stream_kind stream_recognise(struct stream *stream, struct error *error)
{
    /* No more than is needed: whoever sits at the other end of the pipe may be slow. */
    const unsigned char *bytes;
    size_t count = stream_peek(stream, &bytes, SIGNATURE_BYTES, error);
    if (count == 0)
        return STREAM_EMPTY;
    if (count >= 6 && memcmp(bytes, "\x93NUMPY", 6) == 0)
        return STREAM_NPY;
    if (count >= 4 && (memcmp(bytes, "PK\3\4", 4) == 0 || memcmp(bytes, "PK\5\6", 4) == 0))
        return STREAM_NPZ;
    if (count >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0)
        return STREAM_PNG;
    if (looks_like_safetensors(bytes, count))
        return STREAM_SAFETENSORS;
    if (looks_like_idx(bytes, count))
        return STREAM_IDX;
    size_t first = skip_spaces(bytes, count);
    if (first == SIGNATURE_BYTES) {
        count = stream_peek(stream, &bytes, MOST_PEEKED, error);
        first = skip_spaces(bytes, count);
    }
    return first < count && (bytes[first] == '{' || bytes[first] == '[') ? STREAM_JSON : STREAM_CSV;
}

size_t stream_read(struct stream *stream, void *bytes, size_t count, struct error *error)
{
    if (stream->start == stream->end) {
        if (count >= BUFFER_BYTES)
            return produce(stream, bytes, count, error);
        if (count == 0 || !fill(stream, 1, error))
            return 0;
    }
    size_t there = stream->end - stream->start;
    count = count < there ? count : there;
    memcpy(bytes, stream->buffer + stream->start, count);
    stream->start += count;
    return count;
}

bool stream_read_exactly(struct stream *stream, void *bytes, size_t count, struct error *error)
{
    size_t done = 0;
    while (done < count) {
        size_t got = stream_read(stream, (char *)bytes + done, count - done, error);
        if (error->exit_code != EX_OK)
            return false;
        if (got == 0)
            return error_set(error, EX_DATAERR, "%s: truncated; expected %zu more bytes",
                             stream->name, count - done);
        done += got;
    }
    return true;
}

/* As much as has been promised, but not before half of it has come. */
static void *read_growing(struct stream *stream, size_t count, struct error *error)
{
    size_t capacity = count < FIRST_BLOCK ? count : FIRST_BLOCK, done = 0;
    char *block = memory_alloc(capacity, 1);
    while (stream_read_exactly(stream, block + done, capacity - done, error)) {
        done = capacity;
        if (done == count)
            return block;
        capacity = count / 2 < capacity ? count : 2 * capacity;
        block = memory_resize(block, capacity, 1);
    }
    free(block);
    return NULL;
}

void *stream_read_block(struct stream *stream, size_t count, struct error *error)
{
    size_t remaining;
    if (!stream_remaining(stream, &remaining))
        return read_growing(stream, count, error);
    if (count > remaining) {
        error_set(error, EX_DATAERR, "%s: truncated; expected %zu more bytes", stream->name,
                  count - remaining);
        return NULL;
    }
    void *block = memory_alloc(count, 1);
    if (stream_read_exactly(stream, block, count, error))
        return block;
    free(block);
    return NULL;
}

static bool read_to_end(struct stream *stream, struct stream_bytes *all, struct error *error)
{
    size_t capacity = 0, got;
    do {
        all->bytes = memory_grow(all->bytes, &capacity, all->count + BUFFER_BYTES, 1);
        got = stream_read(stream, all->bytes + all->count, capacity - all->count, error);
        all->count += got;
    } while (got > 0);
    return error->exit_code == EX_OK;
}

bool stream_read_all(struct stream *stream, struct stream_bytes *all, struct error *error)
{
    *all = (struct stream_bytes){0};
    size_t remaining;
    if (stream_remaining(stream, &remaining)) {
        all->bytes = stream_map(stream, remaining, &all->mapping, &all->mapping_bytes);
        all->count = all->bytes ? remaining : 0;
    }
    if (all->bytes || read_to_end(stream, all, error))
        return true;
    stream_free_bytes(all);
    return false;
}

void stream_free_bytes(struct stream_bytes *all)
{
    if (all->mapping)
        munmap(all->mapping, all->mapping_bytes);
    else
        free(all->bytes);
    *all = (struct stream_bytes){0};
}

bool stream_remaining(const struct stream *stream, size_t *bytes)
{
    if (stream->gzip || stream->source || (stream->descriptor >= 0 && !stream->plain_file))
        return false;
    size_t read = stream->position - (stream->end - stream->start);
    *bytes = stream->size > read ? stream->size - read : 0;
    return true;
}

void *stream_map(struct stream *stream, size_t count, void **mapping, size_t *mapping_bytes)
{
    size_t remaining;
    if (!stream->plain_file || !stream_remaining(stream, &remaining) || count == 0 ||
        count > remaining)
        return NULL;
    size_t position = stream->position - (stream->end - stream->start);
    size_t before = position % (size_t)sysconf(_SC_PAGESIZE);
    if (position % MAPPING_ALIGNMENT != 0)
        return NULL;
    void *map = mmap(NULL, before + count, PROT_READ | PROT_WRITE, MAP_PRIVATE, stream->descriptor,
                     (off_t)(position - before));
    if (map == MAP_FAILED)
        return NULL;
    if (lseek(stream->descriptor, (off_t)(position + count), SEEK_SET) < 0) {
        munmap(map, before + count);
        return NULL;
    }
    stream->position = position + count;
    stream->start = stream->end = 0;
    *mapping = map;
    *mapping_bytes = before + count;
    return (char *)map + before;
}

void stream_close(struct stream *stream)
{
    if (!stream)
        return;
    if (stream->gzip) {
        inflateEnd(&stream->inflater);
        free(stream->packed);
    }
    if (stream->descriptor > STDIN_FILENO)
        close(stream->descriptor);
    free(stream->buffer);
    free(stream->name);
    free(stream);
}
