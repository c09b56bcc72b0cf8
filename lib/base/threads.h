/* How many threads a piece of work deserves. */
#ifndef TESSERAE_BASE_THREADS_H
#define TESSERAE_BASE_THREADS_H

#include <stddef.h>

/*
 * What a thread should get at least where work is counted in vectorised floating-point operations:
 * some 20 microseconds of them. A thread that sleeps takes half of that to wake, and one that
 * another process keeps from running much longer (tests/bench/clifford-threads.c).
 */
enum { THREAD_LEAST_FLOPS = 1 << 21 };

/*
 * The threads to use for `work` units when one thread should get at least `least` of them: from 1
 * to OpenMP's maximum (--threads). It depends on nothing else, so results stay the same.
 */
size_t threads_for(size_t work, size_t least);

#endif
