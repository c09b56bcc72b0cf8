#include "base/memory.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum { ALIGNMENT = 64 };

static _Noreturn void exhausted(size_t count, size_t size)
{
    error_die(EX_OSERR, "out of memory: cannot allocate %zu x %zu bytes", count, size);
}

bool memory_multiply(size_t a, size_t b, size_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

/*
 * Asks for huge pages where a block is large: what is read here and there (rows of neighbours)
 * would otherwise miss the page table's cache at every step. No is an answer, too.
 */
static void *ask_for_huge_pages(void *block, size_t bytes)
{
    const uintptr_t page = (uintptr_t)2 << 20;
    uintptr_t start = ((uintptr_t)block + page - 1) / page * page;
    uintptr_t end = ((uintptr_t)block + bytes) / page * page;
    if (end > start && end - start >= 4 * page)
        madvise((void *)start, end - start, MADV_HUGEPAGE);
    return block;
}

void *memory_alloc(size_t count, size_t size)
{
    size_t bytes;
    if (!memory_multiply(count, size, &bytes) || bytes > SIZE_MAX - ALIGNMENT)
        exhausted(count, size);
    size_t rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    void *block = aligned_alloc(ALIGNMENT, rounded ? rounded : ALIGNMENT);
    if (!block)
        exhausted(count, size);
    return ask_for_huge_pages(block, rounded);
}

void *memory_zeroed(size_t count, size_t size)
{
    void *block = calloc(count ? count : 1, size ? size : 1);
    if (!block)
        exhausted(count, size);
    return block;
}

void *memory_resize(void *block, size_t count, size_t size)
{
    size_t bytes;
    if (!memory_multiply(count, size, &bytes))
        exhausted(count, size);
    void *moved = realloc(block, bytes ? bytes : 1);
    if (!moved)
        exhausted(count, size);
    return moved;
}

void *memory_grow(void *block, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return block;
    size_t larger = *capacity ? *capacity : 16;
    while (larger < needed) {
        if (larger > SIZE_MAX / 2)
            exhausted(needed, size);
        larger *= 2;
    }
    block = memory_resize(block, larger, size);
    *capacity = larger;
    return block;
}

char *memory_copy_bytes(const char *bytes, size_t length)
{
    char *copy = memory_resize(NULL, length + 1, 1);
    memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *memory_copy_string(const char *string)
{
    return memory_copy_bytes(string, strlen(string));
}

char *memory_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *string = memory_resize(NULL, (size_t)length + 1, 1);
    va_start(arguments, format);
    vsnprintf(string, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return string;
}

/* What Linux tells of this very program; 0 where there is no such file. */
static size_t peak_of_program(void)
{
    size_t kilobytes = 0;
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %zu kB", &kilobytes) == 1)
            break;
    if (status)
        fclose(status);
    return kilobytes * 1024;
}

FILE *memory_stream_open(char **bytes, size_t *count)
{
    *bytes = NULL;
    FILE *stream = open_memstream(bytes, count);
    if (!stream)
        error_die(EX_OSERR, "out of memory: cannot open a stream into memory");
    return stream;
}

/* glibc tells only by a NULL in *bytes that the last reallocation failed. */
void memory_stream_close(FILE *stream, char **bytes)
{
    bool failed = ferror(stream);
    if (fclose(stream) != 0 || failed || !*bytes)
        error_die(EX_OSERR, "out of memory: cannot write to a stream into memory");
}

size_t memory_peak_bytes(void)
{
    /* getrusage also counts what the process held before it became this program. */
    struct rusage usage;
    size_t peak = peak_of_program();
    if (peak > 0 || getrusage(RUSAGE_SELF, &usage) != 0)
        return peak;
    return (size_t)usage.ru_maxrss * 1024;
}
