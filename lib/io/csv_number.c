/* Numbers in text: both ways exact, and without the cost of the C library's general routines. */
#include "io/csv.h"

#include "base/memory.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * Powers of ten up to 10^27 have an odd part, 5^27 < 2^63, that fits the 64 bits of an extended
 * mantissa. Where long double has fewer bits the fast ways are not taken.
 */
enum { MOST_EXACT_POWER = 27, EXTENDED = LDBL_MANT_DIG == 64 && LDBL_MAX_EXP == 16384 };

/* Under valgrind, long double has the range but not the bits. */
static bool has_extended(void)
{
    volatile long double one = 1;
    return EXTENDED && one + 0x1p-63L > one;
}

static const long double powers_of_ten[MOST_EXACT_POWER + 1] = {
    1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,
    1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L,
    1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L,
};

static const double double_powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { MOST_EXACT_DOUBLE_POWER = 22 };

enum { MOST_DIGITS = 19 }; /* that fit 64 bits */

/* A decimal number: digits * 10^exponent. */
struct decimal {
    uint64_t digits;
    int count;     /* of digits, leading zeros apart where that matters; up to 19 fit */
    int exponent;
    bool negative;
};

/* Parses [+-]digits[.digits][e[+-]digits]; false when that is not what the whole text is. */
static bool scan_decimal(const char *text, const char *end, struct decimal *decimal)
{
    *decimal = (struct decimal){0};
    if (text < end && (*text == '-' || *text == '+'))
        decimal->negative = *text++ == '-';
    uint64_t digits = 0;
    const char *start = text, *point = NULL;
    for (; text < end; text++) {
        unsigned digit = (unsigned)(*text - '0');
        if (digit > 9) {
            if (*text != '.' || point)
                break;
            point = text;
            continue;
        }
        digits = digits * 10 + digit; /* wraps around where count says that it does not fit */
    }
    ptrdiff_t length = text - start - (point != NULL);
    if (length <= 0 || length > 1 << 20)
        return false;
    decimal->digits = digits;
    decimal->count = (int)length;
    if (length > MOST_DIGITS)
        for (const char *zero = start; *zero == '0' || *zero == '.'; zero++)
            decimal->count -= *zero == '0';
    int fraction = point ? (int)(text - point - 1) : 0;
    int exponent = 0;
    if (text < end && (*text == 'e' || *text == 'E')) {
        bool negative = false;
        text++;
        if (text < end && (*text == '-' || *text == '+'))
            negative = *text++ == '-';
        if (text == end)
            return false;
        for (; text < end && *text >= '0' && *text <= '9'; text++)
            if (exponent < 1 << 20)
                exponent = exponent * 10 + (*text - '0');
        exponent = negative ? -exponent : exponent;
    }
    decimal->exponent = exponent - fraction;
    return text == end;
}

/* Clinger: an integer and a power of ten that are both exact give one correctly rounded result. */
static bool exact_in_double(const struct decimal *decimal, double *value)
{
    if (decimal->digits > 1ull << 53)
        return false;
    if (decimal->exponent < 0 && decimal->exponent >= -MOST_EXACT_DOUBLE_POWER)
        *value = (double)decimal->digits / double_powers_of_ten[-decimal->exponent];
    else if (decimal->exponent >= 0 && decimal->exponent <= MOST_EXACT_DOUBLE_POWER)
        *value = (double)decimal->digits * double_powers_of_ten[decimal->exponent];
    else
        return false;
    return true;
}

/*
 * The same with 64 bits of mantissa, rounded again to 53. The second rounding errs only where the
 * first one ended exactly halfway between two doubles: then this way is not taken.
 */
static bool exact_in_extended(const struct decimal *decimal, double *value)
{
    if (!has_extended() || decimal->exponent < -MOST_EXACT_POWER ||
        decimal->exponent > MOST_EXACT_POWER)
        return false;
    long double extended = decimal->exponent < 0
                               ? (long double)decimal->digits / powers_of_ten[-decimal->exponent]
                               : (long double)decimal->digits * powers_of_ten[decimal->exponent];
    uint64_t mantissa;
    memcpy(&mantissa, &extended, sizeof mantissa);
    *value = (double)extended;
    return (mantissa & 0x7ff) != 0x400;
}

static locale_t c_locale;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* The long way round, for what the fast ways do not reach. The text is known to be a number. */
static double parse_slowly(const char *text, size_t length)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_c_locale);
    char copy[64], *terminated = length < sizeof copy ? copy : memory_resize(NULL, length + 1, 1);
    memcpy(terminated, text, length);
    terminated[length] = '\0';
    double value = c_locale ? strtod_l(terminated, NULL, c_locale) : strtod(terminated, NULL);
    if (terminated != copy)
        free(terminated);
    return value;
}

static bool parse_special(const char *text, size_t length, double *value)
{
    bool negative = length > 0 && *text == '-';
    if (length > 0 && (*text == '-' || *text == '+')) {
        text++;
        length--;
    }
    if (length == 3 && strncasecmp(text, "nan", 3) == 0)
        *value = (double)NAN;
    else if ((length == 3 && strncasecmp(text, "inf", 3) == 0) ||
             (length == 8 && strncasecmp(text, "infinity", 8) == 0))
        *value = negative ? -(double)INFINITY : (double)INFINITY;
    else
        return false;
    return true;
}

bool csv_parse_number(const char *text, size_t length, double *value)
{
    struct decimal decimal;
    if (!scan_decimal(text, text + length, &decimal))
        return parse_special(text, length, value);
    if (decimal.count <= MOST_DIGITS && (exact_in_double(&decimal, value) ||
                                exact_in_extended(&decimal, value)))
        *value = decimal.negative ? -*value : *value;
    else
        *value = parse_slowly(text, length);
    return true;
}

/* A positive number and how far off a decimal may be and still read back as the same. */
struct neighbourhood {
    long double value;
    long double below; /* half the way to the next smaller number */
    long double above;
    int most_digits;   /* that always suffice */
};

static long double scale(long double value, int power)
{
    for (; power > MOST_EXACT_POWER; power -= MOST_EXACT_POWER)
        value *= powers_of_ten[MOST_EXACT_POWER];
    for (; power < -MOST_EXACT_POWER; power += MOST_EXACT_POWER)
        value /= powers_of_ten[MOST_EXACT_POWER];
    return power < 0 ? value / powers_of_ten[-power] : value * powers_of_ten[power];
}

/* More than scaling can err, relative to the value. */
#define SLACK 0x1p-61L

/*
 * The fewest digits: scales the neighbourhood so that whole numbers have as many digits as always
 * suffice, and takes the multiple of the largest power of ten in it that is nearest to the value
 * (as far as 64 bits can tell: of two that read back, with 17 digits, it may be the other one).
 * The bounds are widened by `slack`, or drawn in where it is negative; false if nothing is left.
 */
static bool shortest_decimal(const struct neighbourhood *near, long double slack,
                             struct decimal *decimal)
{
    int exponent;
    frexpl(near->value, &exponent);
    int power = near->most_digits - 1 - (int)floor((exponent - 1) * 0.30102999566398120);
    long double scaled = scale(near->value, power);
    if (scaled >= powers_of_ten[near->most_digits])
        scaled = scale(near->value, --power);
    long double below = scale(near->below, power), above = scale(near->above, power);
    uint64_t low = (uint64_t)ceill(scaled - below - slack * scaled);
    uint64_t high = (uint64_t)floorl(scaled + above + slack * scaled);
    if (low > high)
        return false;
    uint64_t step = 1;
    int dropped = 0;
    while (high / (step * 10) * (step * 10) >= low) {
        step *= 10;
        dropped++;
    }
    uint64_t nearest = (uint64_t)scaled / step * step;
    if (2 * (scaled - (long double)nearest) > (long double)step)
        nearest += step;
    if (nearest > high)
        nearest -= step;
    if (nearest < low)
        nearest += step;
    *decimal = (struct decimal){.digits = nearest / step, .exponent = dropped - power};
    return true;
}

static bool reads_back(const struct decimal *decimal, double value)
{
    double back;
    return (exact_in_double(decimal, &back) || exact_in_extended(decimal, &back)) && back == value;
}

/* Digits without a final zero byte; returns their number. */
static int write_digits(char *text, uint64_t digits)
{
    char reversed[24];
    int count = 0;
    do {
        reversed[count++] = (char)('0' + digits % 10);
        digits /= 10;
    } while (digits > 0);
    for (int i = 0; i < count; i++)
        text[i] = reversed[count - 1 - i];
    return count;
}

static char *write_zeros(char *text, int count)
{
    memset(text, '0', (size_t)count);
    return text + count;
}

/* Plain where that is not too long, else with an exponent; as Python writes floats. */
static size_t write_decimal(char *text, const struct decimal *decimal)
{
    char digits[24], *start = text;
    int count = write_digits(digits, decimal->digits);
    int leading = count - 1 + decimal->exponent; /* the power of ten of the first digit */
    if (decimal->negative)
        *text++ = '-';
    if (leading < -4 || leading > 15) {
        *text++ = digits[0];
        if (count > 1)
            *text++ = '.';
        memcpy(text, digits + 1, (size_t)count - 1);
        text += count - 1;
        *text++ = 'e';
        if (leading < 0)
            *text++ = '-';
        text += write_digits(text, (uint64_t)abs(leading));
    } else if (leading < 0) {
        text = write_zeros(text, 1);
        *text++ = '.';
        text = write_zeros(text, -leading - 1);
        memcpy(text, digits, (size_t)count);
        text += count;
    } else if (leading + 1 >= count) {
        memcpy(text, digits, (size_t)count);
        text = write_zeros(text + count, leading + 1 - count);
    } else {
        memcpy(text, digits, (size_t)leading + 1);
        text += leading + 1;
        *text++ = '.';
        memcpy(text, digits + leading + 1, (size_t)(count - leading - 1));
        text += count - leading - 1;
    }
    *text = '\0';
    return (size_t)(text - start);
}

static size_t write_special(char *text, double value)
{
    const char *word = isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
    strcpy(text, word);
    return strlen(word);
}

/* Whole numbers need no search. */
static bool is_short_integer(double value, struct decimal *decimal)
{
    double magnitude = fabs(value);
    if (magnitude >= 1e15 || magnitude != (double)(uint64_t)magnitude)
        return false;
    *decimal = (struct decimal){.digits = (uint64_t)magnitude, .negative = signbit(value) != 0};
    return true;
}

size_t csv_format_float(char *text, float value)
{
    if (!isfinite(value))
        return write_special(text, (double)value);
    struct decimal decimal;
    float magnitude = fabsf(value);
    if (magnitude < 0x1p24F && is_short_integer((double)value, &decimal))
        return write_decimal(text, &decimal);
    float next = nextafterf(magnitude, INFINITY), previous = nextafterf(magnitude, 0);
    long double exact = (long double)magnitude;
    struct neighbourhood near = {.value = exact,
                                 .below = (exact - (long double)previous) / 2,
                                 .above = ((long double)next - exact) / 2,
                                 .most_digits = FLT_DECIMAL_DIG};
    if (isinf(next))
        near.above = near.below;
    if (!has_extended() || !shortest_decimal(&near, -SLACK, &decimal))
        return (size_t)sprintf(text, "%.9g", (double)value);
    decimal.negative = value < 0;
    return write_decimal(text, &decimal);
}

size_t csv_format_double(char *text, double value)
{
    if (!isfinite(value))
        return write_special(text, value);
    struct decimal decimal;
    if (is_short_integer(value, &decimal))
        return write_decimal(text, &decimal);
    double magnitude = fabs(value);
    /* Beyond these bounds the scale is not exact. */
    if (has_extended() && magnitude > 1e-10 && magnitude < 1e40) {
        double next = nextafter(magnitude, (double)INFINITY), previous = nextafter(magnitude, 0);
        long double exact = (long double)magnitude;
        struct neighbourhood near = {.value = exact,
                                     .below = (exact - (long double)previous) / 2,
                                     .above = ((long double)next - exact) / 2,
                                     .most_digits = DBL_DECIMAL_DIG};
        /* The shortest is often just within the bounds: then only reading it back can tell. */
        if ((shortest_decimal(&near, SLACK, &decimal) && reads_back(&decimal, magnitude)) ||
            shortest_decimal(&near, -SLACK, &decimal)) {
            decimal.negative = value < 0;
            return write_decimal(text, &decimal);
        }
    }
    for (int digits = 15;; digits++) {
        int length = sprintf(text, "%.*g", digits, value);
        double back;
        if (digits == DBL_DECIMAL_DIG ||
            (csv_parse_number(text, (size_t)length, &back) && back == value))
            return (size_t)length;
    }
}
