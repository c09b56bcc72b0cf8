/* Narrow products against plain loops: every width that fits, odd numbers of rows, and threads. */
#include "tensor/narrow.h"

#include "base/memory.h"
#include "base/rng.h"
#include "check_main.h"
#include "tensor/lane_vector.h"

#include <omp.h>
#include <string.h>

static real *random_values(size_t count, uint32_t index)
{
    struct rng rng = rng_make(3, RNG_TEST, index);
    real *values = memory_alloc(count + 1, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = (real)rng_normal(&rng);
    return values;
}

static void check_close(const real *found, const real *expected, size_t count, size_t width)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(fabs((double)(found[i] - expected[i])) < 1e-10,
                      "width %zu: %zu is %g, not %g", width, i, (double)found[i],
                      (double)expected[i]);
}

static void check_multiply(size_t rows, size_t in, size_t out, bool add)
{
    real *x = random_values(rows * in, 0), *w = random_values(in * out, 1);
    real *y = random_values(rows * out, 2), *expected = random_values(rows * out, 2);
    for (size_t r = 0; r < rows; r++) {
        for (size_t o = 0; o < out; o++) {
            real sum = add ? expected[r * out + o] : 0;
            for (size_t i = 0; i < in; i++)
                sum += x[r * in + i] * w[i * out + o];
            expected[r * out + o] = sum;
        }
    }
    narrow_multiply(x, rows, in, w, out, add, y);
    check_close(y, expected, rows * out, out);
    free(x);
    free(w);
    free(y);
    free(expected);
}

static void check_gram(size_t rows, size_t out, size_t in, bool add)
{
    real *y = random_values(rows * out, 0), *x = random_values(rows * in, 1);
    real *w = random_values(out * in, 2), *expected = random_values(out * in, 2);
    for (size_t o = 0; o < out; o++) {
        for (size_t i = 0; i < in; i++) {
            real sum = add ? expected[o * in + i] : 0;
            for (size_t r = 0; r < rows; r++)
                sum += y[r * out + o] * x[r * in + i];
            expected[o * in + i] = sum;
        }
    }
    narrow_gram(y, rows, out, x, in, add, w);
    check_close(w, expected, out * in, in);
    free(y);
    free(x);
    free(w);
    free(expected);
}

START_TEST(widths)
{
    ck_assert(!narrow_fits(0) && !narrow_fits(LANE_COUNT - 1) && !narrow_fits(4 * LANE_COUNT + 1));
    for (size_t width = LANE_COUNT; width <= 4 * LANE_COUNT; width++) {
        ck_assert(narrow_fits(width));
        for (int add = 0; add < 2; add++) {
            check_multiply(101, 5, width, add);
            check_multiply(width % 9, 1 + width % 3, width, add);
            check_gram(200, 1 + width % 19, width, add);
            check_gram(width % 7, 3, width, add);
        }
    }
}
END_TEST

/* As many rows as threads share, whose number changes nothing. */
START_TEST(threads)
{
    enum { ROWS = 1 << 14, IN = 20, OUT = 2 * LANE_COUNT - 1 };
    real *x = random_values(ROWS * IN, 0), *w = random_values(IN * OUT, 1);
    real *y[2], *gram[2];
    int most = omp_get_max_threads();
    for (int t = 0; t < 2; t++) {
        omp_set_num_threads(1 + t);
        y[t] = memory_zeroed(ROWS * OUT, sizeof(real));
        gram[t] = memory_zeroed(IN * OUT, sizeof(real));
        narrow_multiply(x, ROWS, IN, w, OUT, false, y[t]);
        narrow_gram(x, ROWS, IN, y[t], OUT, false, gram[t]);
    }
    omp_set_num_threads(most);
    ck_assert(memcmp(y[0], y[1], ROWS * OUT * sizeof(real)) == 0);
    ck_assert(memcmp(gram[0], gram[1], IN * OUT * sizeof(real)) == 0);
    for (int t = 0; t < 2; t++) {
        free(y[t]);
        free(gram[t]);
    }
    free(x);
    free(w);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("narrow");
    TCase *cases = tcase_create("narrow");
    tcase_add_test(cases, widths);
    tcase_add_test(cases, threads);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
