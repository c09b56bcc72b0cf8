/*
 * Signals. SIGINT, SIGTERM and SIGHUP end a program with exit code 130 and no unfinished file
 * left behind; a program that learns defers them, so that it can save what it has first.
 * SIGPIPE (the reader of our output has gone) ends it quietly, after the same cleaning up, and so
 * does SIGQUIT; SIGXFSZ becomes a write that fails. A crash leaves no unfinished file either.
 */
#ifndef TESSERAE_BASE_SIGNALS_H
#define TESSERAE_BASE_SIGNALS_H

#include <stdbool.h>

/* Installs the handlers; options_parse calls it. */
void signals_install(void);

/*
 * From now on the first signal only makes signals_pending() true; the second ends the program, but
 * for the first again within 0.3 seconds, as timeout(1) sends it.
 */
void signals_defer(void);

/* Whether an interrupt has come since signals_defer(). */
bool signals_pending(void);

#endif
