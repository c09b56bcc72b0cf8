#include "latent/latent_edges.h"

#include "base/output.h"
#include "geometry/space_neighbours.h"
#include "io/csv.h"

#include <math.h>

static double probability(const struct neighbour_search *search, const struct tensor *points,
                          size_t i, size_t j)
{
    size_t columns = search->space->columns;
    double d = space_distance(search->space, search->log_radius, points->data + i * columns,
                              points->data + j * columns);
    if (search->snowflake)
        d = snowflake_value(search->snowflake, d);
    return exp(-search->temperature * d * d);
}

static void write_graph(FILE *file, const struct candidate *candidate, const struct tensor *points,
                        const uint32_t *lists, size_t k, size_t layer, const struct names *names)
{
    const struct neighbour_search search = candidate_search(candidate);
    for (size_t i = 0; i < tensor_rows(points); i++)
        for (size_t n = 0; n < k; n++) {
            size_t j = lists[i * k + n];
            csv_write_field(file, names->strings[i]);
            fputc(',', file);
            csv_write_field(file, names->strings[j]);
            fputc(',', file);
            csv_write_float(file, (float)probability(&search, points, i, j));
            fprintf(file, ",%zu,%s\n", layer + 1, candidate->name);
        }
}

bool latent_edges_write(const char *path, const struct latent_network *network,
                        const struct latent_inputs *inputs, const struct names *names,
                        struct error *error)
{
    const struct latent_options *o = &network->options;
    const struct latent_draw draw = {.noise = false};
    struct latent_trace trace;
    struct tape tape = {0};
    struct output output;
    if (!output_open(&output, path, error))
        return false;
    latent_network_logits(network, &tape, inputs, &draw, NULL, &trace);
    fputs("source,target,probability,layer,space\n", output.file);
    for (size_t l = 0; l < o->layers && network->layer[l].candidates; l++)
        for (size_t s = 0; s < o->space_count; s++)
            write_graph(output.file, &network->layer[l].candidates[s],
                        &trace.layer[l].points[s]->value, trace.layer[l].lists[s], o->neighbours, l,
                        names);
    tape_free(&tape);
    return output_commit(&output, error);
}
