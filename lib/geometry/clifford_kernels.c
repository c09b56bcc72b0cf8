#include "geometry/clifford_kernels.h"

/*
 * Full unrolling cannot be asked for by a function, and the compilers spell it differently. Clang
 * warns of loops that have vanished before it came to unroll them; GCC, of loops that it does not
 * see through when sanitizers watch them, or without optimisation.
 */
#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
#define UNROLL
#elif defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

/* clifford_sign as one expression, which folds for constants: the parity of swaps is linear. */
KERNEL bool is_negative(unsigned a, unsigned b)
{
    return __builtin_parity(((a >> 1) ^ (a >> 2) ^ (a >> 3)) & b);
}

KERNEL unsigned size_of(unsigned bitmap)
{
    return (unsigned)__builtin_popcount(bitmap);
}

/* What one lane vector of the blocks is worked on. */
struct operands {
    const struct clifford *algebra;
    const struct lane_block *coefficients, *probe;
    struct lane_block *result, *slopes;
    size_t part;
};

/*
 * The terms of an output blade that share a coefficient: those whose free subset has `size`
 * elements. Going forward, y and S are given and R runs over the subsets of y; for dx, x and S are
 * given, and Q runs over the subsets outside x; for dz, R does outside z.
 */
KERNEL lane_vector sum_group(unsigned n, enum clifford_direction direction, unsigned output,
                             unsigned common, unsigned size, const lane_vector *a,
                             const lane_vector *b)
{
    lane_vector sum = {0};
    UNROLL
    for (unsigned free = 0; free < 1u << n; free++) {
        bool inside = direction == CLIFFORD_FORWARD;
        if (size_of(free) != size || (free & (inside ? ~output : output)))
            continue;
        unsigned rest = inside ? output ^ free : output ^ common;
        unsigned of_a = common | free, of_b = inside ? common | rest : rest | free;
        unsigned x = direction == CLIFFORD_LEFT ? output : of_a;
        unsigned z = inside ? of_b : direction == CLIFFORD_LEFT ? of_a : output;
        if (is_negative(x, z))
            sum -= a[of_a] * b[of_b];
        else
            sum += a[of_a] * b[of_b];
    }
    return sum;
}

/* All groups of one output blade. */
KERNEL lane_vector sum_output(unsigned n, enum clifford_direction direction, bool probed,
                              unsigned output, const lane_vector *a, const lane_vector *b,
                              const struct operands *o)
{
    lane_vector result = {0}, probe = {0};
    bool forward = direction == CLIFFORD_FORWARD;
    if (probed)
        probe = o->probe[o->algebra->place[output]].part[o->part];
    UNROLL
    for (unsigned common = 0; common < 1u << n; common++) {
        if (common & (forward ? output : ~output))
            continue;
        unsigned given = size_of(output) - (forward ? 0 : size_of(common));
        UNROLL
        for (unsigned size = 0; size <= n; size++) {
            if (size > (forward ? given : n - size_of(output)))
                continue;
            unsigned of_x = direction == CLIFFORD_LEFT ? given : size;
            unsigned of_z = forward ? given - size : direction == CLIFFORD_LEFT ? size : given;
            size_t place = clifford_coefficient(n, common, of_x, of_z);
            lane_vector sum = sum_group(n, direction, output, common, size, a, b);
            result += o->coefficients[place].part[o->part] * sum;
            if (probed)
                o->slopes[place].part[o->part] += probe * sum;
        }
    }
    return result;
}

KERNEL void sum_all(unsigned n, enum clifford_direction direction, bool probed,
                    const struct lane_block *a, const struct lane_block *b, struct operands *o)
{
    for (o->part = 0; o->part < BLOCK_VECTORS; o->part++) {
        lane_vector of_a[1u << CLIFFORD_STRAIGHT_DIMENSIONS];
        lane_vector of_b[1u << CLIFFORD_STRAIGHT_DIMENSIONS];
        UNROLL
        for (unsigned blade = 0; blade < 1u << n; blade++) {
            of_a[blade] = a[o->algebra->place[blade]].part[o->part];
            of_b[blade] = b[o->algebra->place[blade]].part[o->part];
        }
        UNROLL
        for (unsigned output = 0; output < 1u << n; output++)
            o->result[o->algebra->place[output]].part[o->part] =
                sum_output(n, direction, probed, output, of_a, of_b, o);
    }
}

KERNEL void sum_direction(unsigned n, enum clifford_direction direction,
                          const struct lane_block *a, const struct lane_block *b,
                          struct operands *o)
{
    switch (direction) {
    case CLIFFORD_FORWARD: sum_all(n, CLIFFORD_FORWARD, false, a, b, o); break;
    case CLIFFORD_LEFT:
        if (o->probe)
            sum_all(n, CLIFFORD_LEFT, true, a, b, o);
        else
            sum_all(n, CLIFFORD_LEFT, false, a, b, o);
        break;
    case CLIFFORD_RIGHT: sum_all(n, CLIFFORD_RIGHT, false, a, b, o); break;
    }
}

void clifford_straight(const struct clifford *algebra, enum clifford_direction direction,
                       const struct lane_block *coefficients, const struct lane_block *a,
                       const struct lane_block *b, const struct lane_block *probe,
                       struct lane_block *result, struct lane_block *slopes)
{
    struct operands o = {.algebra = algebra,
                         .coefficients = coefficients,
                         .probe = probe,
                         .result = result,
                         .slopes = slopes};
    switch (algebra->dimension) {
    case 1: sum_direction(1, direction, a, b, &o); break;
    case 2: sum_direction(2, direction, a, b, &o); break;
    case 3: sum_direction(3, direction, a, b, &o); break;
    case 4: sum_direction(4, direction, a, b, &o); break;
    }
}
