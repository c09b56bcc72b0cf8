/* How many threads a piece of work deserves, and how they treat numbers next to nothing. */
#ifndef TESSERAE_BASE_THREADS_H
#define TESSERAE_BASE_THREADS_H

#include <stdbool.h>
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

/*
 * Has all threads of OpenMP take subnormal numbers (in float, below 1.2e-38) for 0, or no longer;
 * returns what they did before. Weights that decay and gates that close pass through such numbers
 * for thousands of steps, and a processor takes a hundred times as long over each: a training of n
 * bodies had slowed down to a tenth. Does nothing on processors other than x86-64 and AArch64, and
 * nothing to the threads that a library starts by itself.
 */
bool threads_flush_subnormals(bool flush);

#endif
