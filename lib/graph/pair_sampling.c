#include "graph/pair_sampling.h"

#include <math.h>

struct sequential_sample sequential_sample_start(uint64_t count, uint64_t bound, struct rng rng)
{
    return (struct sequential_sample){.rng = rng, .left = count, .remaining = bound};
}

/* Uniform in (0, 1). */
static double draw(struct rng *rng)
{
    double u;
    do
        u = rng_uniform(rng);
    while (u <= 0);
    return u;
}

/* Algorithm A: how many numbers to skip, by going through them; for dense samples. */
static uint64_t skip_in_turn(struct sequential_sample *s)
{
    if (s->left == 1)
        return rng_below(&s->rng, s->remaining);
    double u = draw(&s->rng), n = (double)s->remaining, top = n - (double)s->left, share = top / n;
    uint64_t skip = 0;
    while (share > u) {
        skip++;
        top--;
        n--;
        share *= top / n;
    }
    return skip;
}

/* The probability that `skip` numbers are skipped, over its bound, to the power 1 / (left - 1). */
static double exact_share(const struct sequential_sample *s, double skip)
{
    double n = (double)s->remaining, k = (double)s->left, product = 1, bottom, limit;
    if (k - 1 > skip) {
        bottom = n - k;
        limit = n - skip;
    } else {
        bottom = n - skip - 1;
        limit = n - k + 1;
    }
    for (double top = n - 1; top >= limit; top--, bottom--)
        product *= top / bottom;
    return exp(log(product) / (k - 1));
}

/* Algorithm D: the skip by rejection from a density that is nearly right; for sparse samples. */
static uint64_t skip_at_once(struct sequential_sample *s)
{
    double n = (double)s->remaining, k = (double)s->left, most = n - k + 1;
    double power = s->power > 0 ? s->power : exp(log(draw(&s->rng)) / k);
    for (;;) {
        double x = n * (1 - power), skip = floor(x);
        while (skip >= most) {
            power = exp(log(draw(&s->rng)) / k);
            x = n * (1 - power);
            skip = floor(x);
        }
        double y = exp(log(draw(&s->rng) * n / most) / (k - 1));
        power = y * (1 - x / n) * (most / (most - skip));
        if (power <= 1) { /* surely below the density; what is left of the draw serves the next */
            s->power = power;
            return (uint64_t)skip;
        }
        if (n / (n - x) >= y * exact_share(s, skip)) {
            s->power = exp(log(draw(&s->rng)) / (k - 1));
            return (uint64_t)skip;
        }
        power = exp(log(draw(&s->rng)) / k);
    }
}

bool sequential_sample_next(struct sequential_sample *sample, uint64_t *number)
{
    enum { SPARSE = 13 }; /* numbers for each that is drawn, from which on D is faster */
    if (sample->left == 0)
        return false;
    bool sparse = sample->left > 1 && sample->remaining / SPARSE > sample->left;
    uint64_t skip = sparse ? skip_at_once(sample) : skip_in_turn(sample);
    if (!sparse)
        sample->power = 0;
    *number = sample->next + skip;
    sample->next = *number + 1;
    sample->remaining -= skip + 1;
    sample->left--;
    return true;
}
