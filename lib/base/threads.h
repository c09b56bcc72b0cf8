/* How many threads a piece of work deserves. */
#ifndef TESSERAE_BASE_THREADS_H
#define TESSERAE_BASE_THREADS_H

#include <stddef.h>

/*
 * The threads to use for `work` units when one thread should get at least `least` of them: from 1
 * to OpenMP's maximum (--threads). It depends on nothing else, so results stay the same.
 */
size_t threads_for(size_t work, size_t least);

#endif
