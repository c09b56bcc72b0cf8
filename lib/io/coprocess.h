/*
 * Coprocess: a command that runs beside us and is talked to through a pair of pipes.
 *
 * While we write we also take in what it has to say, so that neither waits for the other however
 * large the messages are. It is an error, never a wait without end or a silent exit, when the
 * command cannot be run, ends, or moves no byte for the timeout. Its standard error is ours.
 *
 * The command and all that it starts are a process group of their own, which is ended with it.
 */
#ifndef TESSERAE_IO_COPROCESS_H
#define TESSERAE_IO_COPROCESS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct coprocess;

/*
 * Runs `command` by /bin/sh. timeout: seconds without a byte moving after which it counts as hung,
 * or 0: none. NULL (EX_OSERR) when no process can be made.
 */
struct coprocess *coprocess_start(const char *command, double timeout, struct error *error);

/* Writes all of count bytes. EX_UNAVAILABLE when the command ended, or did not read in time. */
bool coprocess_write(struct coprocess *process, const void *bytes, size_t count,
                     struct error *error);

/*
 * Reads at least one byte and at most count; 0 on failure: EX_UNAVAILABLE when the command ended,
 * or did not write in time. For stream_from_source, with the process as context.
 */
size_t coprocess_read(void *process, void *bytes, size_t count, struct error *error);

/* The command, for messages. */
const char *coprocess_command(const struct coprocess *process);

/*
 * Closes its input and waits, as long as the timeout (or 5 seconds) says, for it to end by itself;
 * then ends it. False (EX_UNAVAILABLE) when its exit code is not 0, or it had to be ended. Frees
 * the process in any case; NULL is no process.
 */
bool coprocess_finish(struct coprocess *process, struct error *error);

/* Ends the command at once, without a word. */
void coprocess_abandon(struct coprocess *process);

/*
 * The whole conversation with a command that answers when its input has ended: runs it, writes the
 * question, closes its input, takes all of its answer into memory (free() it), and waits for its
 * end. False as coprocess_write and coprocess_finish; then there is no answer.
 */
bool coprocess_consult(const char *command, const void *question, size_t count, char **answer,
                       size_t *answer_count, struct error *error);

#endif
