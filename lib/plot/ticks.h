/*
 * Ticks: where an axis is marked and what is written there. Steps are 1, 2 or 5 times a power
 * of ten; logarithmic axes are marked at powers of ten.
 */
#ifndef TESSERAE_PLOT_TICKS_H
#define TESSERAE_PLOT_TICKS_H

#include <stdbool.h>
#include <stddef.h>

/* An axis from low to high, low < high; logarithmic ones have low > 0. */
struct scale {
    double low;
    double high;
    bool logarithmic;
};

/*
 * The scale that shows values from low to high with a margin on both sides (a fraction of the
 * length). Equal values (one point, a constant column) get room around them.
 */
struct scale scale_around(double low, double high, bool logarithmic, double margin);

/* Where a value lies: 0 at low, 1 at high; outside of [0, 1] beyond them. */
double scale_fraction(const struct scale *scale, double value);

/* The value at a fraction. */
double scale_value(const struct scale *scale, double fraction);

enum { TICKS_MOST = 24, TICKS_MOST_MINOR = 200, TICK_LABEL_BYTES = 40 };

struct ticks {
    size_t count;
    double values[TICKS_MOST];
    char labels[TICKS_MOST][TICK_LABEL_BYTES]; /* UTF-8 */
    int exponent;                /* labels are to be multiplied by 10^exponent; 0 mostly */
    size_t minor_count;
    double minor[TICKS_MOST_MINOR]; /* unlabelled ones between, on logarithmic axes */
};

/* Fills ticks with about `wanted` (at least 2) labelled ones within the scale. */
void ticks_place(struct ticks *ticks, const struct scale *scale, int wanted);

/* The step, 1, 2 or 5 times a power of ten, that gives about `wanted` intervals. */
double ticks_step(double low, double high, int wanted);

/* Writes 10 to the power of an exponent with superscript digits. Returns text. */
char *ticks_power_of_ten(char *text, size_t size, int exponent);

/* Writes a number as an axis would: few digits, a real minus sign. Returns text. */
char *ticks_number(char *text, size_t size, double value, int significant_digits);

#endif
