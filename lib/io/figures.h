/*
 * Figures: numbers with names, what a program has to say of its input. They are written as a table
 * metric,value or as a JSON object, and added to a report.
 */
#ifndef TESSERAE_IO_FIGURES_H
#define TESSERAE_IO_FIGURES_H

#include "base/options.h"
#include "base/report.h"

enum { FIGURES_MOST = 48 };

struct figure {
    const char *name;
    double value; /* NAN where it is not defined, as the assortativity of a regular graph */
};

/* Initialise with {0}. */
struct figures {
    size_t count;
    struct figure entries[FIGURES_MOST];
};

/* Adds one at the end; at most FIGURES_MOST. The name is not copied. */
void figures_add(struct figures *figures, const char *name, double value);

/* The value of a name; NAN when it is not there. */
double figures_value(const struct figures *figures, const char *name);

/*
 * Writes them to where --output says, as CSV metric,value or, with --format json, as an object; NAN
 * becomes null there.
 */
bool figures_write(const struct figures *figures, const struct common_options *common,
                   struct error *error);

/* Adds them to the metrics of a report. */
void figures_report(const struct figures *figures, struct report *report);

#endif
