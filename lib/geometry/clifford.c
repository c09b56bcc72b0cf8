#include "geometry/clifford.h"

#include <math.h>
#include <string.h>

/* --- blades --- */

/* Whether bitmap a stands before b: the lower grade, then the one whose vectors come first. */
static bool stands_before(unsigned a, unsigned b)
{
    int grade_a = __builtin_popcount(a), grade_b = __builtin_popcount(b);
    unsigned different = a ^ b, lowest = different & -different;
    return grade_a != grade_b ? grade_a < grade_b : (a & lowest) != 0;
}

bool clifford_make(struct clifford *algebra, size_t dimension, struct error *error)
{
    if (dimension < 1 || dimension > CLIFFORD_MOST_DIMENSIONS)
        return error_set(error, EX_USAGE,
                         "a space of dimension %zu has no algebra here; expected 1 to %d",
                         dimension, CLIFFORD_MOST_DIMENSIONS);
    *algebra = (struct clifford){
        .dimension = dimension, .blades = (size_t)1 << dimension, .grades = dimension + 1};
    for (unsigned a = 0; a < algebra->blades; a++) {
        unsigned place = 0;
        for (unsigned b = 0; b < algebra->blades; b++)
            place += b != a && stands_before(b, a);
        algebra->bitmap[place] = (uint8_t)a;
        algebra->place[a] = (uint8_t)place;
        algebra->grade[place] = (uint8_t)__builtin_popcount(a);
    }
    for (size_t i = 0; i < algebra->blades; i++)
        algebra->first[algebra->grade[i] + 1] = (uint8_t)(i + 1);
    return true;
}

size_t clifford_grade_size(const struct clifford *algebra, size_t grade)
{
    return (size_t)(algebra->first[grade + 1] - algebra->first[grade]);
}

int clifford_sign(unsigned a, unsigned b)
{
    int swaps = 0;
    while (a >>= 1)
        swaps += __builtin_popcount(a & b);
    return swaps & 1 ? -1 : 1;
}

/* The product of lambda over the vectors of a bitmap. */
static real square_of(unsigned bitmap, const real *lambda)
{
    real product = 1;
    for (size_t i = 0; bitmap >> i; i++)
        if (bitmap >> i & 1)
            product *= lambda[i];
    return product;
}

void clifford_squares(const struct clifford *algebra, const real *lambda, real *squares)
{
    for (size_t i = 0; i < algebra->blades; i++)
        squares[i] = square_of(algebra->bitmap[i], lambda);
}

void clifford_squares_backward(const struct clifford *algebra, const real *lambda,
                               const real *dsquares, real *dlambda)
{
    for (size_t i = 0; i < algebra->blades; i++) {
        unsigned bitmap = algebra->bitmap[i];
        for (size_t m = 0; m < algebra->dimension; m++)
            if (bitmap >> m & 1)
                dlambda[m] += dsquares[i] * square_of(bitmap & ~(1u << m), lambda);
    }
}

/* --- products and forms --- */

void clifford_product(const struct clifford *algebra, const real *lambda, const real *x,
                      const real *y, real *product)
{
    memset(product, 0, algebra->blades * sizeof *product);
    for (size_t i = 0; i < algebra->blades; i++) {
        for (size_t k = 0; k < algebra->blades; k++) {
            unsigned a = algebra->bitmap[i], b = algebra->bitmap[k];
            real factor = (real)clifford_sign(a, b) * square_of(a & b, lambda);
            product[algebra->place[a ^ b]] += factor * x[i] * y[k];
        }
    }
}

/* Whether the sign of an involution is negative at a grade. */
static bool is_negative(enum clifford_involution involution, unsigned grade)
{
    switch (involution) {
    case CLIFFORD_MAIN: return grade & 1;
    case CLIFFORD_REVERSION: return grade * (grade - 1) / 2 & 1;
    case CLIFFORD_CONJUGATION: return grade * (grade + 1) / 2 & 1;
    }
    return false;
}

void clifford_involute(const struct clifford *algebra, enum clifford_involution involution,
                       const real *x, real *y)
{
    for (size_t i = 0; i < algebra->blades; i++)
        y[i] = is_negative(involution, algebra->grade[i]) ? -x[i] : x[i];
}

void clifford_project(const struct clifford *algebra, size_t grade, const real *x, real *y)
{
    for (size_t i = 0; i < algebra->blades; i++)
        y[i] = algebra->grade[i] == grade ? x[i] : 0;
}

double clifford_quadratic_form(const struct clifford *algebra, const real *lambda, const real *x)
{
    double sum = 0;
    for (size_t i = 0; i < algebra->blades; i++)
        sum += (double)(square_of(algebra->bitmap[i], lambda) * x[i] * x[i]);
    return sum;
}

double clifford_norm(const struct clifford *algebra, const real *lambda, const real *x)
{
    double form = clifford_quadratic_form(algebra, lambda, x);
    return sqrt(sqrt(form * form + 1e-16));
}

/* --- versors --- */

bool clifford_versor(const struct clifford *algebra, const real *lambda, const real *vectors,
                     size_t count, real *versor, struct error *error)
{
    real product[CLIFFORD_MOST_BLADES] = {1};
    for (size_t c = 0; c < count; c++) {
        real vector[CLIFFORD_MOST_BLADES] = {0}, next[CLIFFORD_MOST_BLADES];
        memcpy(vector + 1, vectors + c * algebra->dimension, algebra->dimension * sizeof *vector);
        if (clifford_quadratic_form(algebra, lambda, vector) == 0)
            return error_set(error, EX_DATAERR, "vector %zu of a versor is null in this metric; "
                             "expected one with an inverse", c + 1);
        clifford_product(algebra, lambda, product, vector, next);
        memcpy(product, next, sizeof product);
    }
    memcpy(versor, product, algebra->blades * sizeof *versor);
    return true;
}

bool clifford_inverse(const struct clifford *algebra, const real *lambda, const real *x,
                      real *inverse, struct error *error)
{
    real reversed[CLIFFORD_MOST_BLADES] = {0}, product[CLIFFORD_MOST_BLADES];
    double size = 0, rest = 0;
    clifford_involute(algebra, CLIFFORD_REVERSION, x, reversed);
    clifford_product(algebra, lambda, reversed, x, product);
    for (size_t i = 0; i < algebra->blades; i++) {
        size += (double)(x[i] * x[i]);
        rest = i > 0 ? fmax(rest, fabs((double)product[i])) : 0;
    }
    double tolerance = 1024 * (double)REAL_EPSILON;
    if (!(fabs((double)product[0]) > tolerance * size))
        return error_set(error, EX_DATAERR, "a null multivector has no inverse in this metric");
    if (!(rest <= tolerance * size * (double)algebra->blades))
        return error_set(error, EX_DATAERR, "the multivector is not a versor; "
                         "expected a product of vectors");
    for (size_t i = 0; i < algebra->blades; i++)
        inverse[i] = reversed[i] / product[0];
    return true;
}

/* Tells whether a versor is odd; false when it has parts of both kinds. */
static bool parity(const struct clifford *algebra, const real *versor, bool *odd,
                   struct error *error)
{
    double sizes[2] = {0};
    for (size_t i = 0; i < algebra->blades; i++)
        sizes[algebra->grade[i] & 1] += (double)(versor[i] * versor[i]);
    *odd = sizes[1] > sizes[0];
    if (sqrt(sizes[!*odd]) > 1024 * (double)REAL_EPSILON * sqrt(sizes[*odd]))
        return error_set(error, EX_DATAERR, "the multivector has an even and an odd part; "
                         "expected a versor");
    return true;
}

bool clifford_act(const struct clifford *algebra, const real *lambda, const real *versor,
                  const real *x, real *y, struct error *error)
{
    real inverse[CLIFFORD_MOST_BLADES], inner[CLIFFORD_MOST_BLADES], left[CLIFFORD_MOST_BLADES];
    bool odd;
    if (!parity(algebra, versor, &odd, error) ||
        !clifford_inverse(algebra, lambda, versor, inverse, error))
        return false;
    memcpy(inner, x, algebra->blades * sizeof *inner);
    if (odd)
        clifford_involute(algebra, CLIFFORD_MAIN, inner, inner);
    clifford_product(algebra, lambda, versor, inner, left);
    clifford_product(algebra, lambda, left, inverse, y);
    return true;
}

bool clifford_action_matrix(const struct clifford *algebra, const real *lambda, const real *versor,
                            real *matrix, struct error *error)
{
    size_t n = algebra->dimension;
    for (size_t i = 0; i < n; i++) {
        real vector[CLIFFORD_MOST_BLADES] = {0}, image[CLIFFORD_MOST_BLADES];
        vector[1 + i] = 1;
        if (!clifford_act(algebra, lambda, versor, vector, image, error))
            return false;
        for (size_t a = 0; a < n; a++)
            matrix[a * n + i] = image[1 + a];
    }
    return true;
}

/* --- outermorphisms --- */

/*
 * The minor of rows I and columns J, by expansion along the first column j of J:
 * sum over a in I of (-1)^(number of I below a) matrix[a, j] minor(I - a, J - j). One term of it:
 */
struct expansion {
    size_t entry;  /* of the matrix */
    size_t rest;   /* of the minors: the smaller one */
    bool negative;
};

static size_t expand(const struct clifford *algebra, size_t row, size_t column,
                     struct expansion *terms)
{
    unsigned rows = algebra->bitmap[row], columns = algebra->bitmap[column];
    unsigned j = (unsigned)__builtin_ctz(columns);
    size_t count = 0, rest_column = algebra->place[columns & (columns - 1)];
    for (unsigned a = 0; rows >> a; a++) {
        if (!(rows >> a & 1))
            continue;
        terms[count] = (struct expansion){
            .entry = a * algebra->dimension + j,
            .rest = algebra->place[rows & ~(1u << a)] * algebra->blades + rest_column,
            .negative = count & 1};
        count++;
    }
    return count;
}

void clifford_outermorphism(const struct clifford *algebra, const real *matrix, real *minors)
{
    size_t blades = algebra->blades;
    memset(minors, 0, blades * blades * sizeof *minors);
    minors[0] = 1;
    for (size_t row = 1; row < blades; row++) {
        size_t grade = algebra->grade[row];
        for (size_t column = algebra->first[grade]; column < algebra->first[grade + 1]; column++) {
            struct expansion terms[CLIFFORD_MOST_DIMENSIONS];
            size_t count = expand(algebra, row, column, terms);
            real sum = 0;
            for (size_t t = 0; t < count; t++) {
                real term = matrix[terms[t].entry] * minors[terms[t].rest];
                sum += terms[t].negative ? -term : term;
            }
            minors[row * blades + column] = sum;
        }
    }
}

void clifford_outermorphism_backward(const struct clifford *algebra, const real *matrix,
                                     const real *minors, real *dminors, real *dmatrix)
{
    size_t blades = algebra->blades;
    for (size_t row = blades - 1; row > 0; row--) {
        size_t grade = algebra->grade[row];
        for (size_t column = algebra->first[grade]; column < algebra->first[grade + 1]; column++) {
            struct expansion terms[CLIFFORD_MOST_DIMENSIONS];
            size_t count = expand(algebra, row, column, terms);
            for (size_t t = 0; t < count; t++) {
                real d = dminors[row * blades + column];
                d = terms[t].negative ? -d : d;
                dmatrix[terms[t].entry] += d * minors[terms[t].rest];
                dminors[terms[t].rest] += d * matrix[terms[t].entry];
            }
        }
    }
}
