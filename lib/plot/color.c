#include "plot/color.h"

#include <math.h>

struct color color_from_hex(unsigned hex)
{
    return (struct color){(hex >> 16 & 255) / 255.0, (hex >> 8 & 255) / 255.0, (hex & 255) / 255.0};
}

static double to_linear(double part)
{
    return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}

static double from_linear(double part)
{
    double coded = part <= 0.0031308 ? part * 12.92 : 1.055 * pow(part, 1 / 2.4) - 0.055;
    return fmin(fmax(coded, 0), 1);
}

struct oklab color_to_oklab(struct color color)
{
    double r = to_linear(color.red), g = to_linear(color.green), b = to_linear(color.blue);
    double l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    double m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    double s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return (struct oklab){0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
                          1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
                          0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

static double cube(double x)
{
    return x * x * x;
}

struct color color_from_oklab(struct oklab lab)
{
    double l = cube(lab.lightness + 0.3963377774 * lab.a + 0.2158037573 * lab.b);
    double m = cube(lab.lightness - 0.1055613458 * lab.a - 0.0638541728 * lab.b);
    double s = cube(lab.lightness - 0.0894841775 * lab.a - 1.2914855480 * lab.b);
    return (struct color){from_linear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
                          from_linear(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
                          from_linear(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

struct color color_mix(struct color from, struct color to, double t)
{
    struct oklab p = color_to_oklab(from), q = color_to_oklab(to);
    return color_from_oklab((struct oklab){p.lightness + t * (q.lightness - p.lightness),
                                           p.a + t * (q.a - p.a), p.b + t * (q.b - p.b)});
}

/* Piecewise between evenly spaced colours. */
static struct color between(const unsigned *anchors, int count, double t)
{
    double place = t * (count - 1);
    int below = (int)fmin(place, count - 2);
    return color_mix(color_from_hex(anchors[below]), color_from_hex(anchors[below + 1]),
                     place - below);
}

/* Hue turns with the sign; chroma grows, and lightness falls, with the distance from the middle. */
static struct color diverging(double t)
{
    double side = 2 * t - 1, distance = fabs(side);
    double hue = (side < 0 ? 252 : 34) * M_PI / 180;
    double chroma = 0.145 * sin(0.5 * M_PI * fmin(1.25 * distance, 1));
    return color_from_oklab(
        (struct oklab){0.965 - 0.52 * distance, chroma * cos(hue), chroma * sin(hue)});
}

struct color colormap_at(enum colormap map, double t)
{
    static const unsigned viridis[] = {0x440154, 0x482475, 0x414487, 0x355f8d, 0x2a788e, 0x21918c,
                                       0x22a884, 0x44bf70, 0x7ad151, 0xbddf26, 0xfde725};
    static const unsigned magma[] = {0x000004, 0x180f3e, 0x451077, 0x721f81, 0x9f2f7f,
                                     0xcd4071, 0xf1605d, 0xfd9567, 0xfec98d, 0xfcfdbf};
    t = fmin(fmax(t, 0), 1);
    switch (map) {
    case COLORMAP_VIRIDIS: return between(viridis, sizeof viridis / sizeof *viridis, t);
    case COLORMAP_MAGMA: return between(magma, sizeof magma / sizeof *magma, t);
    case COLORMAP_DIVERGING: return diverging(t);
    case COLORMAP_GREY: break;
    }
    return color_from_oklab((struct oklab){t, 0, 0});
}

static unsigned to_byte(double part)
{
    return (unsigned)lround(255 * part);
}

void colormap_tabulate(enum colormap map, unsigned table[COLORMAP_STEPS])
{
    for (int i = 0; i < COLORMAP_STEPS; i++) {
        struct color color = colormap_at(map, i / (COLORMAP_STEPS - 1.0));
        table[i] = 0xff000000u | to_byte(color.red) << 16 | to_byte(color.green) << 8 |
                   to_byte(color.blue);
    }
}

struct color palette_at(size_t category)
{
    static const unsigned palette[PALETTE_SIZE] = {0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7,
                                                   0xe69f00, 0x56b4e9, 0x8c8c8c};
    return color_from_hex(palette[category % PALETTE_SIZE]);
}
