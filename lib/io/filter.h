/*
 * Filters: a shell command that is fed with bytes and answers with bytes, both at once, whatever
 * their number; the answer is held in memory.
 */
#ifndef TESSERAE_IO_FILTER_H
#define TESSERAE_IO_FILTER_H

#include "base/output.h"
#include "io/stream.h"

/*
 * Runs `command` by /bin/sh: its standard input is what `feed` writes, `take` reads its standard
 * output. False when either fails, when the command cannot be started, or when it ends with a code
 * other than 0 (EX_UNAVAILABLE, the code is named). `feed` runs in a process of its own, of which
 * nothing comes back; a command that does not read all of its input is no failure. What the
 * command writes on standard error goes where ours does.
 */
bool filter_run(const char *command,
                bool (*feed)(void *context, struct output *output, struct error *error),
                bool (*take)(void *context, struct stream *stream, struct error *error),
                void *context, struct error *error);

#endif
