#include "base/rng.h"

#include <math.h>
#include <string.h>

static void philox_round(uint32_t counter[4], uint32_t key0, uint32_t key1)
{
    uint64_t product0 = (uint64_t)0xD2511F53u * counter[0];
    uint64_t product1 = (uint64_t)0xCD9E8D57u * counter[2];
    uint32_t c0 = (uint32_t)(product1 >> 32) ^ counter[1] ^ key0;
    uint32_t c2 = (uint32_t)(product0 >> 32) ^ counter[3] ^ key1;
    counter[1] = (uint32_t)product1;
    counter[3] = (uint32_t)product0;
    counter[0] = c0;
    counter[2] = c2;
}

static void draw_block(struct rng *rng)
{
    uint32_t counter[4] = {(uint32_t)rng->position, (uint32_t)(rng->position >> 32),
                           (uint32_t)rng->stream, (uint32_t)(rng->stream >> 32)};
    uint32_t key0 = (uint32_t)rng->seed;
    uint32_t key1 = (uint32_t)(rng->seed >> 32);
    for (int round = 0; round < 10; round++) {
        philox_round(counter, key0, key1);
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    memcpy(rng->words, counter, sizeof counter);
    rng->position++;
    rng->left = 4;
}

struct rng rng_make(uint64_t seed, enum rng_purpose purpose, uint32_t index)
{
    struct rng rng = {.seed = seed, .stream = ((uint64_t)purpose << 32) | index};
    return rng;
}

uint32_t rng_bits(struct rng *rng)
{
    if (rng->left == 0)
        draw_block(rng);
    return rng->words[4 - rng->left--];
}

uint64_t rng_bits64(struct rng *rng)
{
    uint64_t high = rng_bits(rng);
    return high << 32 | rng_bits(rng);
}

double rng_uniform(struct rng *rng)
{
    return (double)(rng_bits64(rng) >> 11) * 0x1p-53;
}

double rng_normal(struct rng *rng)
{
    if (rng->has_spare) {
        rng->has_spare = 0;
        return (double)rng->spare_normal;
    }
    double radius = sqrt(-2.0 * log(1.0 - rng_uniform(rng)));
    double angle = 2.0 * 3.14159265358979323846 * rng_uniform(rng);
    rng->spare_normal = (float)(radius * sin(angle));
    rng->has_spare = 1;
    return (double)(float)(radius * cos(angle));
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
    /* Lemire's multiplication, rejecting the few values that would be drawn too often. */
    unsigned __int128 product = (unsigned __int128)rng_bits64(rng) * bound;
    if ((uint64_t)product < bound) {
        uint64_t threshold = -bound % bound;
        while ((uint64_t)product < threshold)
            product = (unsigned __int128)rng_bits64(rng) * bound;
    }
    return (uint64_t)(product >> 64);
}

void rng_shuffle(struct rng *rng, void *elements, size_t count, size_t size)
{
    unsigned char *bytes = elements;
    unsigned char held[256];
    for (size_t i = count; i > 1; i--) {
        unsigned char *a = bytes + (i - 1) * size;
        unsigned char *b = bytes + rng_below(rng, i) * size;
        for (size_t done = 0; a != b && done < size; done += sizeof held) {
            size_t piece = size - done < sizeof held ? size - done : sizeof held;
            memcpy(held, a + done, piece);
            memcpy(a + done, b + done, piece);
            memcpy(b + done, held, piece);
        }
    }
}

void rng_fill_uniform(struct rng *rng, float *values, size_t count, float low, float high)
{
    for (size_t i = 0; i < count; i++)
        values[i] = low + (high - low) * (float)(rng_bits(rng) >> 8) * 0x1p-24f;
}

void rng_fill_normal(struct rng *rng, float *values, size_t count, float deviation)
{
    for (size_t i = 0; i < count; i++)
        values[i] = deviation * (float)rng_normal(rng);
}
