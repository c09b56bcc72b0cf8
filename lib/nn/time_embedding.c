#include "nn/time_embedding.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

void time_embedding_make(struct time_embedding *embedding, struct parameters *set,
                         const char *prefix, size_t columns, size_t classes)
{
    *embedding = (struct time_embedding){.columns = columns, .classes = classes};
    mlp_make(&embedding->mlp, set, prefix, (const size_t[]){columns, columns, columns}, 2,
             ACTIVATION_SILU);
    if (classes > 0) {
        char *name = memory_format("%s.classes", prefix);
        embedding->table =
            parameters_add(set, name, 2, (const size_t[]){classes + 1, columns});
        embedding->table->decays = false;
        free(name);
    }
}

void time_embedding_initialise(struct time_embedding *embedding, struct rng *rng)
{
    mlp_initialise(&embedding->mlp, rng);
    for (size_t i = 0; embedding->table && i < tensor_count(&embedding->table->value); i++)
        embedding->table->value.data[i] = (real)rng_normal(rng);
}

void time_embedding_waves(const real *times, size_t count, size_t columns, real *waves)
{
    size_t half = columns / 2;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < half; k++) {
            double frequency = 1000 * pow(1e-4, half > 1 ? (double)k / (double)(half - 1) : 0);
            waves[i * columns + k] = (real)cos((double)times[i] * frequency);
            waves[i * columns + half + k] = (real)sin((double)times[i] * frequency);
        }
    }
}

struct variable *time_embedding_apply(struct tape *tape, const struct time_embedding *embedding,
                                      const real *times, const uint32_t *labels, size_t count)
{
    size_t columns = embedding->columns;
    real *waves = arena_alloc(&tape->arena, count * columns, sizeof *waves);
    time_embedding_waves(times, count, columns, waves);
    struct variable *e = mlp_apply(tape, &embedding->mlp,
                                   tape_constant(tape, tensor_matrix(waves, count, columns)));
    if (embedding->table) {
        uint32_t *index = arena_alloc(&tape->arena, count, sizeof *index);
        for (size_t i = 0; i < count; i++)
            index[i] = labels ? labels[i] : (uint32_t)embedding->classes;
        e = tape_add(tape, e, tape_gather_rows(tape, tape_parameter(tape, embedding->table), index,
                                               count));
    }
    return tape_activation(tape, e, ACTIVATION_SILU);
}
