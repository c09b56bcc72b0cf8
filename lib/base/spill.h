/*
 * Spilled memory: blocks for which there may be no room, and which then lie in a file. The system
 * brings what is used and takes back what is not.
 */
#ifndef TESSERAE_BASE_SPILL_H
#define TESSERAE_BASE_SPILL_H

#include <stdbool.h>
#include <stddef.h>

struct spill {
    void *block;
    size_t bytes;
    bool in_file;
};

/*
 * count * size bytes, uninitialised: in memory, or where they are more than `limit` bytes (0: no
 * limit) in a file in TMPDIR (or /tmp), which has no name and goes with the process. As
 * memory_alloc it never fails: a file that cannot be made or has no room ends the program
 * (EX_CANTCREAT).
 */
struct spill spill_alloc(size_t count, size_t size, size_t limit);

/* A quarter of the machine's memory: a limit where none is asked for. */
size_t spill_usual_limit(void);

void spill_free(struct spill *spill);

#endif
