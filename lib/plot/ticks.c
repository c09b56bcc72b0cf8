#include "plot/ticks.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char minus_sign[] = "\xe2\x88\x92";

struct scale scale_around(double low, double high, bool logarithmic, double margin)
{
    if (logarithmic) {
        double bottom = log10(low), top = log10(high);
        double room = top - bottom < 1e-9 ? 0.5 : margin * (top - bottom);
        /* Stay within what a double holds. */
        return (struct scale){pow(10, fmax(bottom - room, -307)), pow(10, fmin(top + room, 308)),
                              true};
    }
    double largest = fmax(fabs(low), fabs(high)), half = high / 2 - low / 2;
    if (half <= 1e-12 * largest || half < 1e-300) {
        double room = largest < 1e-300 ? 0.5 : 0.1 * largest;
        return (struct scale){low - room, high + room, false};
    }
    double room = 2 * margin * half;
    return (struct scale){fmax(low - room, -DBL_MAX), fmin(high + room, DBL_MAX), false};
}

double scale_fraction(const struct scale *scale, double value)
{
    if (scale->logarithmic) {
        double bottom = log10(scale->low);
        return (log10(value) - bottom) / (log10(scale->high) - bottom);
    }
    /* Halves, so that the length of -1e308 .. 1e308 does not overflow. */
    return (value / 2 - scale->low / 2) / (scale->high / 2 - scale->low / 2);
}

double scale_value(const struct scale *scale, double fraction)
{
    if (scale->logarithmic) {
        double bottom = log10(scale->low);
        return pow(10, bottom + fraction * (log10(scale->high) - bottom));
    }
    return (1 - fraction) * scale->low + fraction * scale->high;
}

double ticks_step(double low, double high, int wanted)
{
    double rough = high / wanted - low / wanted;
    double power = pow(10, floor(log10(rough)));
    double lead = rough / power;
    double step = power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
    return isfinite(step) ? step : power; /* twice 1e308 is more than there is */
}

/* printf's number with "-" replaced by a minus sign. */
static void copy_number(char *text, size_t size, const char *number)
{
    snprintf(text, size, "%s%s", *number == '-' ? minus_sign : "", number + (*number == '-'));
}

char *ticks_power_of_ten(char *text, size_t size, int exponent)
{
    static const char *const superscripts[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char digits[16];
    snprintf(digits, sizeof digits, "%d", exponent);
    size_t used = (size_t)snprintf(text, size, "10");
    for (const char *digit = digits; *digit && used < size; digit++)
        used += (size_t)snprintf(text + used, size - used, "%s",
                                 *digit == '-' ? "⁻" : superscripts[*digit - '0']);
    return text;
}

char *ticks_number(char *text, size_t size, double value, int significant_digits)
{
    char number[TICK_LABEL_BYTES];
    double magnitude = fabs(value);
    if (magnitude != 0 && (magnitude >= 1e6 || magnitude < 1e-4)) {
        snprintf(number, sizeof number, "%.*e", significant_digits - 1, value);
        char *mark = strchr(number, 'e');
        int exponent = 0;
        sscanf(mark + 1, "%d", &exponent);
        char power[TICK_LABEL_BYTES], mantissa[TICK_LABEL_BYTES];
        *mark = '\0';
        copy_number(mantissa, sizeof mantissa, number);
        snprintf(text, size, "%s×%s", mantissa, ticks_power_of_ten(power, sizeof power, exponent));
        return text;
    }
    snprintf(number, sizeof number, "%.*g", significant_digits, value);
    copy_number(text, size, number);
    return text;
}

/* The power of ten taken out of the labels: none unless they would be very long. */
static int common_exponent(double largest)
{
    int exponent = (int)floor(log10(largest));
    return exponent >= 6 || exponent <= -4 ? exponent : 0;
}

static void place_linear(struct ticks *ticks, const struct scale *scale, int wanted)
{
    double step = ticks_step(scale->low, scale->high, wanted);
    double first = ceil(scale->low / step - 1e-9), last = floor(scale->high / step + 1e-9);
    double largest = fmax(fabs(first), fabs(last)) * step;
    ticks->exponent = largest > 0 ? common_exponent(largest) : 0;
    int decimals = ticks->exponent - (int)floor(log10(step) + 1e-9);
    for (double k = first; k <= last && ticks->count < TICKS_MOST; k++) {
        double value = k * step;
        char number[TICK_LABEL_BYTES];
        /* In two factors: 10^-exponent alone may lie outside of what a double holds. */
        int half = ticks->exponent / 2;
        double shown = value / pow(10, half) / pow(10, ticks->exponent - half);
        snprintf(number, sizeof number, "%.*f", decimals > 0 ? decimals : 0, k == 0 ? 0 : shown);
        copy_number(ticks->labels[ticks->count], TICK_LABEL_BYTES, number);
        ticks->values[ticks->count++] = value;
    }
}

static void add_power(struct ticks *ticks, int exponent, bool plain)
{
    char *label = ticks->labels[ticks->count];
    double value = pow(10, exponent);
    if (plain)
        snprintf(label, TICK_LABEL_BYTES, "%.*f", exponent < 0 ? -exponent : 0, value);
    else
        ticks_power_of_ten(label, TICK_LABEL_BYTES, exponent);
    ticks->values[ticks->count++] = value;
}

/* Every stride-th power of ten, and their multiples (or the powers left out) as minor ticks. */
static void place_powers(struct ticks *ticks, int first, int last, int stride)
{
    bool plain = first >= -3 && last <= 4;
    for (int exponent = first; exponent <= last && ticks->count < TICKS_MOST; exponent++)
        if (exponent % stride == 0)
            add_power(ticks, exponent, plain);
}

static void place_minor(struct ticks *ticks, const struct scale *scale, int first, int last,
                        int stride)
{
    if (last - first >= TICKS_MOST_MINOR)
        return; /* they would be closer than a pixel */
    for (int exponent = first - 1; exponent <= last; exponent++) {
        double power = pow(10, exponent);
        for (int digit = stride > 1 ? 1 : 2; digit <= (stride > 1 ? 1 : 9); digit++) {
            double value = digit * power;
            if (value >= scale->low && value <= scale->high &&
                ticks->minor_count < TICKS_MOST_MINOR)
                ticks->minor[ticks->minor_count++] = value;
        }
    }
}

/* Less than two decades: 1, 2 and 5 of each. */
static void place_multiples(struct ticks *ticks, const struct scale *scale, int first, int last)
{
    static const int digits[] = {1, 2, 5};
    for (int exponent = first - 1; exponent <= last + 1; exponent++) {
        for (int i = 0; i < 3 && ticks->count < TICKS_MOST; i++) {
            double value = digits[i] * pow(10, exponent);
            if (value < scale->low || value > scale->high)
                continue;
            ticks_number(ticks->labels[ticks->count], TICK_LABEL_BYTES, value, 1);
            if (value >= 1 && value < 1e6)
                snprintf(ticks->labels[ticks->count], TICK_LABEL_BYTES, "%.0f", value);
            ticks->values[ticks->count++] = value;
        }
    }
}

/* The decades from one labelled power of ten to the next. */
static int choose_stride(int decades, int wanted)
{
    static const int strides[] = {1, 2, 3, 5, 10, 20, 50, 100, 200};
    int i = 0;
    while (decades / strides[i] > wanted && strides[i] < 200)
        i++;
    return strides[i];
}

static void place_logarithmic(struct ticks *ticks, const struct scale *scale, int wanted)
{
    int first = (int)ceil(log10(scale->low) - 1e-9), last = (int)floor(log10(scale->high) + 1e-9);
    if (last - first >= 2 || (last > first && wanted <= 3)) {
        int stride = choose_stride(last - first, wanted);
        place_powers(ticks, first, last, stride);
        place_minor(ticks, scale, first, last, stride);
        return;
    }
    place_multiples(ticks, scale, first, last);
    place_minor(ticks, scale, first, last, 1);
    if (ticks->count < 2) {
        *ticks = (struct ticks){0};
        place_linear(ticks, scale, wanted);
    }
}

void ticks_place(struct ticks *ticks, const struct scale *scale, int wanted)
{
    *ticks = (struct ticks){0};
    if (scale->logarithmic)
        place_logarithmic(ticks, scale, wanted);
    else
        place_linear(ticks, scale, wanted);
}
