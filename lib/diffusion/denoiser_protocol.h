/*
 * The denoiser protocol, tesserae-denoiser(5): questions and answers as NPY records on pipes.
 *
 * A question is three records: noisy data x_t (count, SHAPE...), float32; times t (count), float32,
 * 0 < t < 1; and the condition: of integers (count), the class of each row or -1 for none, or,
 * where no row has one, (0). The answer is one record of the shape of x_t: the noise e that the
 * denoiser expects in x_t = t x + (1 - t) e. The end of the questions is the end of the stream.
 *
 * Here are both sides: a denoiser that asks a process, and a loop that answers for a denoiser.
 */
#ifndef TESSERAE_DIFFUSION_DENOISER_PROTOCOL_H
#define TESSERAE_DIFFUSION_DENOISER_PROTOCOL_H

#include "base/output.h"
#include "diffusion/data_set.h"
#include "diffusion/denoiser.h"
#include "io/stream.h"

struct process_denoiser_options {
    const char *command;       /* run by /bin/sh */
    struct record_shape shape; /* of a record */
    double timeout;            /* seconds without an answer after which the process counts as hung;
                                  0: none */
};

/*
 * Starts the process. The denoiser can be asked for any class: the process must know. Its failures
 * are EX_UNAVAILABLE (it cannot be run, ends, hangs) and EX_DATAERR (an answer that is no NPY
 * record, or of another shape). Releasing it closes the process's input and waits for its end.
 */
bool process_denoiser_open(struct denoiser *denoiser,
                           const struct process_denoiser_options *options, struct error *error);

/* What a server did. */
struct denoiser_service {
    size_t questions, rows;
};

/*
 * Answers questions until the input ends. Rows of different times or conditions may be mixed in one
 * question. The perturbations of a smoothed score are those of samples 0, 1, ... of each question.
 * False on a question that is not well formed, or that the denoiser cannot answer.
 */
bool denoiser_serve(const struct denoiser *denoiser, const struct record_shape *shape,
                    struct stream *input, struct output *output,
                    struct denoiser_service *service, struct error *error);

#endif
