/*
 * A fuzzer is one function that takes any bytes, reads them as some format, and must neither crash
 * nor ask for memory that the bytes do not justify. libFuzzer calls it, or driver.c.
 */
#ifndef TESSERAE_TESTS_FUZZ_H
#define TESSERAE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

#endif
