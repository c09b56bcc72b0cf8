/*
 * Clifford algebras: the order of blades, and the laws of products, involutions, versors and
 * outermorphisms, for every dimension and every signature, degenerate ones too.
 */
#include "geometry/clifford.h"

#include "check_main.h"

#include <string.h>

/* Every signature of every dimension: each lambda is one of 1, -1 and 0. */
struct setting {
    struct clifford algebra;
    real lambda[CLIFFORD_MOST_DIMENSIONS];
    bool degenerate;
    struct rng rng;
};

typedef void law(struct setting *setting);

static void for_all_signatures(law *check)
{
    const real squares[] = {1, -1, 0};
    for (size_t n = 1; n <= CLIFFORD_MOST_DIMENSIONS; n++) {
        size_t count = 1;
        for (size_t i = 0; i < n; i++)
            count *= 3;
        for (size_t s = 0; s < count; s++) {
            struct setting setting = {.rng = rng_make(s, RNG_TEST, (uint32_t)n)};
            struct error error = {0};
            ck_assert(clifford_make(&setting.algebra, n, &error));
            for (size_t i = 0, rest = s; i < n; i++, rest /= 3) {
                setting.lambda[i] = squares[rest % 3];
                setting.degenerate |= rest % 3 == 2;
            }
            check(&setting);
        }
    }
}

static void fill_random(struct setting *s, real *x)
{
    for (size_t i = 0; i < s->algebra.blades; i++)
        x[i] = (real)rng_normal(&s->rng);
}

static void product(const struct setting *s, const real *x, const real *y, real *result)
{
    clifford_product(&s->algebra, s->lambda, x, y, result);
}

static void check_equal(const struct setting *s, const real *x, const real *y, double tolerance,
                        const char *what)
{
    double size = 1;
    for (size_t i = 0; i < s->algebra.blades; i++)
        size = fmax(size, fmax(fabs((double)x[i]), fabs((double)y[i])));
    for (size_t i = 0; i < s->algebra.blades; i++)
        ck_assert_msg(fabs((double)(x[i] - y[i])) <= tolerance * size,
                      "%s: blade %zu in dimension %zu: %.17g, not %.17g", what, i,
                      s->algebra.dimension, (double)x[i], (double)y[i]);
}

START_TEST(shortlex_order)
{
    struct clifford algebra;
    struct error error = {0};
    ck_assert(clifford_make(&algebra, 4, &error));
    const uint8_t expected[] = {0, 1, 2, 4, 8, 3, 5, 9, 6, 10, 12, 7, 11, 13, 14, 15};
    ck_assert(memcmp(algebra.bitmap, expected, sizeof expected) == 0);
    const uint8_t first[] = {0, 1, 5, 11, 15, 16};
    ck_assert(memcmp(algebra.first, first, sizeof first) == 0);
    for (size_t i = 0; i < 16; i++)
        ck_assert_uint_eq(algebra.place[algebra.bitmap[i]], i);
    ck_assert(!clifford_make(&algebra, 7, &error) && error.exit_code == EX_USAGE);
    error = (struct error){0};
    ck_assert(!clifford_make(&algebra, 0, &error));
}
END_TEST

/* e1 e2 = e12, e2 e1 = -e12, e12 e12 = -lambda_1 lambda_2, e123 e2 = -lambda_2 e13 */
START_TEST(products_of_blades)
{
    struct setting s = {.lambda = {2, 3, 5}};
    struct error error = {0};
    ck_assert(clifford_make(&s.algebra, 3, &error));
    const struct {
        size_t left, right, place;
        real value;
    } cases[] = {{1, 2, 4, 1},  {2, 1, 4, -1}, {1, 1, 0, 2}, {4, 4, 0, -6},
                 {7, 2, 5, -3}, {3, 7, 4, 5},  {7, 7, 0, -30}, {5, 6, 4, -5}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        real x[8] = {0}, y[8] = {0}, xy[8], expected[8] = {0};
        x[cases[c].left] = 1;
        y[cases[c].right] = 1;
        expected[cases[c].place] = cases[c].value;
        product(&s, x, y, xy);
        check_equal(&s, xy, expected, 0, "blades");
    }
}
END_TEST

static void check_ring(struct setting *s)
{
    real x[64], y[64], z[64], xy[64], yz[64], left[64], right[64], sum[64];
    fill_random(s, x);
    fill_random(s, y);
    fill_random(s, z);
    product(s, x, y, xy);
    product(s, xy, z, left);
    product(s, y, z, yz);
    product(s, x, yz, right);
    check_equal(s, left, right, 1e-13, "associativity");
    for (size_t i = 0; i < s->algebra.blades; i++)
        sum[i] = y[i] + 3 * z[i];
    product(s, x, sum, left);
    product(s, x, z, right);
    for (size_t i = 0; i < s->algebra.blades; i++)
        right[i] = xy[i] + 3 * right[i];
    check_equal(s, left, right, 1e-13, "distributivity on the left");
    product(s, sum, x, left);
    product(s, y, x, right);
    product(s, z, x, xy);
    for (size_t i = 0; i < s->algebra.blades; i++)
        right[i] += 3 * xy[i];
    check_equal(s, left, right, 1e-13, "distributivity on the right");
    const real one[64] = {1};
    product(s, one, x, left);
    check_equal(s, left, x, 0, "the unit on the left");
    product(s, x, one, left);
    check_equal(s, left, x, 0, "the unit on the right");
}

START_TEST(ring)
{
    for_all_signatures(check_ring);
}
END_TEST

/* v v = q(v) for vectors: what defines the algebra. */
static void check_vectors(struct setting *s)
{
    real v[64] = {0}, square[64], expected[64] = {0};
    for (size_t i = 0; i < s->algebra.dimension; i++) {
        v[1 + i] = (real)rng_normal(&s->rng);
        expected[0] += s->lambda[i] * v[1 + i] * v[1 + i];
    }
    product(s, v, v, square);
    check_equal(s, square, expected, 1e-14, "the square of a vector");
    ck_assert(fabs(clifford_quadratic_form(&s->algebra, s->lambda, v) - (double)expected[0]) <
              1e-13);
}

START_TEST(vectors_square)
{
    for_all_signatures(check_vectors);
}
END_TEST

/* (xy)' = x'y' for the main involution; reversion and conjugation turn the order. */
static void check_involutions(struct setting *s)
{
    real x[64], y[64], xy[64], of_x[64], of_y[64], of_xy[64], expected[64];
    fill_random(s, x);
    fill_random(s, y);
    product(s, x, y, xy);
    for (enum clifford_involution i = CLIFFORD_MAIN; i <= CLIFFORD_CONJUGATION; i++) {
        clifford_involute(&s->algebra, i, x, of_x);
        clifford_involute(&s->algebra, i, y, of_y);
        clifford_involute(&s->algebra, i, xy, of_xy);
        product(s, i == CLIFFORD_MAIN ? of_x : of_y, i == CLIFFORD_MAIN ? of_y : of_x, expected);
        check_equal(s, of_xy, expected, 1e-13, "an involution of a product");
        clifford_involute(&s->algebra, i, of_x, of_x);
        check_equal(s, of_x, x, 0, "an involution twice");
    }
    clifford_involute(&s->algebra, CLIFFORD_REVERSION, x, of_x);
    product(s, of_x, x, xy);
    double form = clifford_quadratic_form(&s->algebra, s->lambda, x);
    ck_assert(fabs(form - (double)xy[0]) < 1e-12 * (1 + fabs(form)));
    ck_assert(fabs(clifford_norm(&s->algebra, s->lambda, x) - pow(form * form + 1e-16, 0.25)) <
              1e-12);
}

START_TEST(involutions)
{
    for_all_signatures(check_involutions);
}
END_TEST

START_TEST(projections)
{
    struct setting s = {.rng = rng_make(3, RNG_TEST, 0)};
    struct error error = {0};
    ck_assert(clifford_make(&s.algebra, 5, &error));
    real x[64], part[64], sum[64] = {0};
    fill_random(&s, x);
    for (size_t k = 0; k < s.algebra.grades; k++) {
        clifford_project(&s.algebra, k, x, part);
        for (size_t i = 0; i < s.algebra.blades; i++) {
            ck_assert(part[i] == 0 || s.algebra.grade[i] == k);
            sum[i] += part[i];
        }
    }
    check_equal(&s, sum, x, 0, "the sum of the grades");
}
END_TEST

/* A versor of vectors that are not null; false where the metric has none. */
static bool random_versor(struct setting *s, size_t factors, real *versor)
{
    real vectors[CLIFFORD_MOST_DIMENSIONS * CLIFFORD_MOST_DIMENSIONS];
    size_t n = s->algebra.dimension;
    for (size_t f = 0; f < factors; f++) {
        double form = 0;
        for (int attempt = 0; attempt < 100 && fabs(form) < 0.5; attempt++) {
            form = 0;
            for (size_t i = 0; i < n; i++) {
                real value = (real)rng_normal(&s->rng);
                vectors[f * n + i] = value;
                form += (double)(s->lambda[i] * value * value);
            }
        }
        if (fabs(form) < 0.5)
            return false;
    }
    struct error error = {0};
    ck_assert_msg(clifford_versor(&s->algebra, s->lambda, vectors, factors, versor, &error), "%s",
                  error.message);
    return true;
}

static void act(const struct setting *s, const real *versor, const real *x, real *y)
{
    struct error error = {0};
    ck_assert_msg(clifford_act(&s->algebra, s->lambda, versor, x, y, &error), "%s", error.message);
}

/* w w^-1 = 1; the action keeps grades, products and the quadratic form. */
static void check_versors(struct setting *s)
{
    for (size_t factors = 1; factors <= 3; factors++) {
        real w[64], inverse[64], one[64] = {1}, x[64], y[64], xy[64];
        real image_x[64], image_y[64], image_xy[64], expected[64];
        if (!random_versor(s, factors, w))
            return;
        struct error error = {0};
        ck_assert(clifford_inverse(&s->algebra, s->lambda, w, inverse, &error));
        product(s, w, inverse, xy);
        check_equal(s, xy, one, 1e-9, "a versor times its inverse");
        product(s, inverse, w, xy);
        check_equal(s, xy, one, 1e-9, "the inverse times a versor");
        fill_random(s, x);
        fill_random(s, y);
        product(s, x, y, xy);
        act(s, w, x, image_x);
        act(s, w, y, image_y);
        act(s, w, xy, image_xy);
        product(s, image_x, image_y, expected);
        check_equal(s, image_xy, expected, 1e-9, "the action on a product");
        double form = clifford_quadratic_form(&s->algebra, s->lambda, x);
        double image_form = clifford_quadratic_form(&s->algebra, s->lambda, image_x);
        ck_assert(fabs(form - image_form) < 1e-7 * (1 + fabs(form)));
        for (size_t k = 0; k < s->algebra.grades; k++) {
            clifford_project(&s->algebra, k, x, y);
            act(s, w, y, image_y);
            clifford_project(&s->algebra, k, image_y, expected);
            check_equal(s, image_y, expected, 1e-9, "the grade under the action");
            clifford_project(&s->algebra, k, image_x, expected);
            check_equal(s, image_y, expected, 1e-9, "projection and action in either order");
        }
    }
}

START_TEST(versors)
{
    for_all_signatures(check_versors);
}
END_TEST

/* The action on a multivector is the outermorphism of the action on vectors. */
static void check_outermorphism(struct setting *s)
{
    real w[64], x[64], image[64], expected[64];
    static real minors[64 * 64];
    real matrix[CLIFFORD_MOST_DIMENSIONS * CLIFFORD_MOST_DIMENSIONS];
    if (!random_versor(s, 2, w))
        return;
    struct error error = {0};
    ck_assert(clifford_action_matrix(&s->algebra, s->lambda, w, matrix, &error));
    clifford_outermorphism(&s->algebra, matrix, minors);
    fill_random(s, x);
    act(s, w, x, expected);
    for (size_t i = 0; i < s->algebra.blades; i++) {
        image[i] = 0;
        for (size_t j = 0; j < s->algebra.blades; j++)
            image[i] += minors[i * s->algebra.blades + j] * x[j];
    }
    /* In a degenerate metric the action on products of null vectors need not be one. */
    if (!s->degenerate)
        check_equal(s, image, expected, 1e-8, "the outermorphism of an action");
}

START_TEST(outermorphisms)
{
    for_all_signatures(check_outermorphism);
}
END_TEST

/* The gradient of sum(weights o minors) by central differences, for a matrix of any kind. */
START_TEST(outermorphism_gradient)
{
    struct setting s = {.rng = rng_make(5, RNG_TEST, 0)};
    struct error error = {0};
    for (size_t n = 1; n <= 5; n++) {
        static real minors[64 * 64], weights[64 * 64], used[64 * 64];
        ck_assert(clifford_make(&s.algebra, n, &error));
        size_t count = s.algebra.blades * s.algebra.blades;
        real matrix[25], gradient[25] = {0};
        for (size_t i = 0; i < n * n; i++)
            matrix[i] = (real)rng_normal(&s.rng);
        for (size_t i = 0; i < count; i++)
            used[i] = weights[i] = (real)rng_normal(&s.rng);
        clifford_outermorphism(&s.algebra, matrix, minors);
        clifford_outermorphism_backward(&s.algebra, matrix, minors, used, gradient);
        for (size_t e = 0; e < n * n; e++) {
            real kept = matrix[e], sums[2] = {0};
            for (int side = 0; side < 2; side++) {
                matrix[e] = kept + (side ? (real)1e-5 : (real)-1e-5);
                clifford_outermorphism(&s.algebra, matrix, minors);
                for (size_t i = 0; i < count; i++)
                    sums[side] += weights[i] * minors[i];
            }
            matrix[e] = kept;
            double numeric = (double)(sums[1] - sums[0]) / 2e-5;
            ck_assert_msg(fabs(numeric - (double)gradient[e]) < 1e-6 * (1 + fabs(numeric)),
                          "%g, not %g", (double)gradient[e], numeric);
        }
    }
}
END_TEST

START_TEST(no_inverse)
{
    struct setting s = {.lambda = {1, -1, 0}};
    struct error error = {0};
    ck_assert(clifford_make(&s.algebra, 3, &error));
    real inverse[8];
    const real null_vectors[] = {1, 1, 0, 0, 0, 2};
    const real light[8] = {0, 1, 1}, degenerate[8] = {0, 0, 0, 2}, mixed[8] = {1, 2};
    const real sum[8] = {1, 0, 0, 0, 0, 0, 0, 1};
    ck_assert(!clifford_inverse(&s.algebra, s.lambda, light, inverse, &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert(!clifford_inverse(&s.algebra, s.lambda, degenerate, inverse, &error));
    ck_assert(!clifford_inverse(&s.algebra, s.lambda, mixed, inverse, &error));
    ck_assert(!clifford_act(&s.algebra, s.lambda, sum, light, inverse, &error));
    for (size_t i = 0; i < 2; i++) {
        error = (struct error){0};
        ck_assert(!clifford_versor(&s.algebra, s.lambda, null_vectors + 3 * i, 1, inverse, &error));
        ck_assert(strstr(error.message, "vector 1"));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clifford");
    TCase *cases = tcase_create("clifford");
    tcase_add_test(cases, shortlex_order);
    tcase_add_test(cases, products_of_blades);
    tcase_add_test(cases, ring);
    tcase_add_test(cases, vectors_square);
    tcase_add_test(cases, involutions);
    tcase_add_test(cases, projections);
    tcase_add_test(cases, versors);
    tcase_add_test(cases, outermorphisms);
    tcase_add_test(cases, outermorphism_gradient);
    tcase_add_test(cases, no_inverse);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
