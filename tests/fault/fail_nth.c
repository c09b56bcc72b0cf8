/*
 * Fault injection, for LD_PRELOAD: makes the n-th call of a kind fail.
 *
 *   FAIL_ALLOCATION=N  the N-th of malloc, calloc, realloc, aligned_alloc returns NULL
 *   FAIL_SYNC=N        the N-th of fsync and rename fails with ENOSPC
 *   FAIL_BYTES=N       no file may grow beyond N bytes (stdio writes behind our back, so the
 *                      limit is the system's)
 *   FAIL_COUNT=FILE    writes "ALLOCATIONS SYNCS" to the file at the end
 *
 * Counting begins with main(). What some libraries call does not count: OpenMP's ends the process
 * itself, with its own code, when it has no memory; OpenBLAS and fontconfig do not look at what
 * they get; cairo leaves its scan converter by a longjmp that it does not survive.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* glibc's own, under the names that stay when malloc is replaced. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static bool counting;
static long allocations, failing_allocation;
static long syncs, failing_sync;

static int (*program_main)(int, char **, char **);

static bool is_exempt(const char *object)
{
    static const char *const exempt[] = {"libgomp",   "libomp",        "libopenblas", "libblas",
                                         "liblapack", "libfontconfig", "libexpat",    "libcairo"};
    for (size_t i = 0; i < sizeof exempt / sizeof *exempt; i++)
        if (strstr(object, exempt[i]))
            return true;
    return false;
}

/* Whether a failing call is to be noticed: no exempt library stands between it and the program. */
static bool counts(void)
{
    enum { DEPTH = 24 };
    void *callers[DEPTH];
    int depth = backtrace(callers, DEPTH);
    Dl_info program;
    dladdr((void *)(uintptr_t)program_main, &program);
    for (int frame = 2; frame < depth; frame++) {
        Dl_info object;
        if (!dladdr(callers[frame], &object) || !object.dli_fname)
            continue;
        if (object.dli_fbase == program.dli_fbase)
            return true;
        if (is_exempt(object.dli_fname))
            return false;
    }
    return true;
}

static bool allocation_fails(void)
{
    static __thread bool inside; /* looking at the callers may allocate */
    if (!counting || inside)
        return false;
    inside = true;
    bool counted = counts();
    inside = false;
    if (!counted)
        return false;
    if (__atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED) != failing_allocation)
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return allocation_fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return allocation_fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return allocation_fails() ? NULL : __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return allocation_fails() ? NULL : __libc_memalign(alignment, size);
}

static bool sync_fails(void)
{
    if (!counting || ++syncs != failing_sync)
        return false;
    errno = ENOSPC;
    return true;
}

int fsync(int descriptor)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return sync_fails() ? -1 : real(descriptor);
}

int rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *) =
        (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
    return sync_fails() ? -1 : real(from, to);
}

static long number_from(const char *variable)
{
    const char *text = getenv(variable);
    return text ? atol(text) : 0;
}

static void write_counts(void)
{
    counting = false;
    FILE *file = fopen(getenv("FAIL_COUNT"), "w");
    if (!file)
        abort();
    fprintf(file, "%ld %ld\n", allocations, syncs);
    fclose(file);
}

static int counted_main(int argc, char **argv, char **environment)
{
    if (getenv("FAIL_COUNT"))
        atexit(write_counts);
    /* clang's OpenMP makes a file of its own, in shared memory, when it starts. */
    int (*start_openmp)(void);
    *(void **)&start_openmp = dlsym(RTLD_DEFAULT, "omp_get_max_threads");
    if (start_openmp)
        start_openmp();
    if (getenv("FAIL_BYTES")) {
        rlim_t limit = (rlim_t)number_from("FAIL_BYTES");
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){limit, limit});
    }
    failing_allocation = number_from("FAIL_ALLOCATION");
    failing_sync = number_from("FAIL_SYNC");
    counting = true;
    return program_main(argc, argv, environment);
}

typedef int main_function(int, char **, char **);

int __libc_start_main(main_function *main, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*loader_fini)(void), void *stack_end);

int __libc_start_main(main_function *main, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*loader_fini)(void), void *stack_end)
{
    int (*real)(main_function *, int, char **, void (*)(void), void (*)(void), void (*)(void),
                void *);
    *(void **)&real = dlsym(RTLD_NEXT, "__libc_start_main");
    program_main = main;
    unsetenv("LD_PRELOAD"); /* programs that this one starts are not those that are tried */
    return real(counted_main, argc, argv, init, fini, loader_fini, stack_end);
}
