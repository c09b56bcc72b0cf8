#include "plot/text.h"

#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const double text_title_size = 17;
const double text_label_size = 14;
const double text_tick_size = 12.5;
const double text_small_size = 11;
const double text_capital_height = 0.73;

static void select_font(struct figure *figure, cairo_font_weight_t weight)
{
    cairo_select_font_face(figure->cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, weight);
}

void text_prepare(struct figure *figure)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(figure->cairo, options);
    cairo_font_options_destroy(options);
    select_font(figure, CAIRO_FONT_WEIGHT_NORMAL);
    /* Where fontconfig finds nothing cairo falls back to a font of its own, of this type. */
    cairo_scaled_font_t *font = cairo_get_scaled_font(figure->cairo);
    figure->plain_text = cairo_scaled_font_get_type(font) == CAIRO_FONT_TYPE_USER;
    if (figure->plain_text)
        error_warn("no font was found, so texts are drawn in plain strokes and ASCII; install a "
                   "font (the package fonts-dejavu-core)");
}

/* Bytes of the UTF-8 character at text, or 0 when there is no valid one; *code receives it. */
static size_t decode(const char *text, uint32_t *code)
{
    const unsigned char *bytes = (const unsigned char *)text;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = bytes[0] < 0x80           ? 1
                    : (bytes[0] & 0xe0) == 0xc0 ? 2
                    : (bytes[0] & 0xf0) == 0xe0 ? 3
                    : (bytes[0] & 0xf8) == 0xf0 ? 4
                                                : 0;
    if (length == 0)
        return 0;
    *code = length == 1 ? bytes[0] : bytes[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) /* also stops at the final zero byte */
            return 0;
        *code = *code << 6 | (bytes[i] & 0x3fu);
    }
    bool valid = *code >= least[length] && *code <= 0x10ffff && (*code < 0xd800 || *code > 0xdfff);
    return valid ? length : 0;
}

/* What stands for a character where there is only ASCII. */
static const char *in_ascii(uint32_t code, uint32_t before)
{
    static const char *const powers[] = {"^0", "^1", "^2", "^3", "^4",
                                         "^5", "^6", "^7", "^8", "^9"};
    bool raised = before == 0x207b || (before >= 0x2070 && before <= 0x2079) || before == 0xb9 ||
                  before == 0xb2 || before == 0xb3;
    int digit = code == 0xb9 ? 1 : code == 0xb2 ? 2 : code == 0xb3 ? 3 : -1;
    if (code >= 0x2070 && code <= 0x2079)
        digit = (int)(code - 0x2070);
    if (digit >= 0)
        return powers[digit] + raised;
    switch (code) {
    case 0x207b: return "^-";
    case 0x2212: return "-";
    case 0xd7: return "x";
    case 0x2026: return "...";
    default: return "?";
    }
}

char *text_clean(const char *text, bool plain)
{
    /* No character becomes longer than "..." is, in place of one byte or more. */
    char *clean = memory_alloc(3 * strlen(text) + 1, 1);
    size_t used = 0;
    uint32_t before = 0;
    while (*text) {
        uint32_t code;
        size_t length = decode(text, &code);
        if (length == 0 || code < 0x20 || code == 0x7f) {
            clean[used++] = '?';
            code = 0;
        } else if (plain && code >= 0x80) {
            const char *ascii = in_ascii(code, before);
            memcpy(clean + used, ascii, strlen(ascii));
            used += strlen(ascii);
        } else {
            memcpy(clean + used, text, length);
            used += length;
        }
        before = code;
        text += length ? length : 1;
    }
    clean[used] = '\0';
    return clean;
}

double text_width(struct figure *figure, double size, const char *text)
{
    char *clean = text_clean(text, figure->plain_text);
    cairo_text_extents_t extents;
    cairo_set_font_size(figure->cairo, size * figure->unit);
    cairo_text_extents(figure->cairo, clean, &extents);
    free(clean);
    return extents.x_advance;
}

void text_draw(struct figure *figure, double x, double y, double across, double up, double size,
               const char *text)
{
    char *clean = text_clean(text, figure->plain_text);
    double left = x - across * text_width(figure, size, text);
    cairo_move_to(figure->cairo, left, y + up * text_capital_height * size * figure->unit);
    cairo_show_text(figure->cairo, clean);
    cairo_new_path(figure->cairo);
    free(clean);
}

void text_draw_upwards(struct figure *figure, double x, double y, double size, const char *text)
{
    cairo_save(figure->cairo);
    cairo_translate(figure->cairo, x, y);
    cairo_rotate(figure->cairo, -1.57079632679489662);
    text_draw(figure, 0, 0, 0.5, 0.5, size, text);
    cairo_restore(figure->cairo);
}

void text_draw_on_halo(struct figure *figure, double x, double y, double size, const char *text)
{
    char *clean = text_clean(text, figure->plain_text);
    double left = x - text_width(figure, size, text) / 2;
    double base = y + text_capital_height * size / 2 * figure->unit;
    cairo_move_to(figure->cairo, left, base);
    cairo_text_path(figure->cairo, clean);
    figure_set_color(figure, figure->theme->background, 0.85);
    figure_set_line(figure, 3);
    cairo_stroke(figure->cairo);
    figure_set_color(figure, figure->theme->foreground, 1);
    cairo_move_to(figure->cairo, left, base);
    cairo_show_text(figure->cairo, clean);
    cairo_new_path(figure->cairo);
    free(clean);
}

void text_draw_bold(struct figure *figure, double x, double y, double across, double up,
                    double size, const char *text)
{
    select_font(figure, CAIRO_FONT_WEIGHT_BOLD);
    text_draw(figure, x, y, across, up, size, text);
    select_font(figure, CAIRO_FONT_WEIGHT_NORMAL);
}

char *text_fit(struct figure *figure, double size, const char *text, double width)
{
    char *clean = text_clean(text, figure->plain_text);
    if (text_width(figure, size, clean) <= width)
        return clean;
    for (size_t length = strlen(clean); length > 0; length--) {
        if ((clean[length] & 0xc0) == 0x80)
            continue; /* not between the bytes of a character */
        char *cut = memory_format("%.*s…", (int)length, clean);
        if (text_width(figure, size, cut) <= width) {
            free(clean);
            return cut;
        }
        free(cut);
    }
    free(clean);
    return memory_copy_string("…");
}
