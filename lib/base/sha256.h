/*
 * SHA-256 (FIPS 180-4): names contents by 32 bytes. Here it tells whether a file is the one that a
 * result was made from; nothing secret rests on it.
 */
#ifndef TESSERAE_BASE_SHA256_H
#define TESSERAE_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_TEXT = 65 };

struct sha256 {
    uint32_t state[8];
    uint64_t length;           /* bytes added so far */
    unsigned char block[64];   /* those of the last, unfinished block */
};

void sha256_start(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *bytes, size_t count);
void sha256_finish(struct sha256 *hash, unsigned char digest[SHA256_BYTES]);

/* All three in one, as text: 64 hexadecimal digits and a final zero. */
void sha256_text(const void *bytes, size_t count, char text[SHA256_TEXT]);

/* A digest as text. */
void sha256_print(const unsigned char digest[SHA256_BYTES], char text[SHA256_TEXT]);

#endif
