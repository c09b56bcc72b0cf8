#include "embedding/embedding_targets.h"

#include "graph/components.h"
#include "io/csv.h"
#include "io/npy.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_NODES_FOR_ALL = 4000, AUTO_SAMPLED = 4000000, MOST_LANDMARKS = 768 };

const char *const embedding_target_names[] = {"shortest-path", "weights", "matrix", NULL};

static void collect_pairs(const struct embedding_target_options *options,
                          struct embedding_targets *targets)
{
    const struct graph *graph = &targets->graph;
    struct rng rng = rng_make(options->seed, RNG_LANDMARKS, 0);
    bool all = options->pairs == EMBEDDING_PAIRS_ALL ||
               (options->pairs == EMBEDDING_PAIRS_AUTO && graph->nodes <= MOST_NODES_FOR_ALL);
    if (options->kind == EMBEDDING_TARGET_WEIGHTS || options->pairs == EMBEDDING_PAIRS_EDGES)
        targets->train = pairs_edges(graph);
    else if (all)
        targets->train = pairs_all(graph, options->show_progress);
    else
        targets->train =
            pairs_sampled(graph, options->sampled ? options->sampled : AUTO_SAMPLED,
                          options->landmarks, &rng, options->show_progress);
}

static bool read_edges(struct stream *stream, const struct embedding_target_options *options,
                       struct embedding_targets *targets, struct error *error)
{
    const struct graph_read_options reading = {.duplicates = DUPLICATES_REFUSE_CONFLICTS};
    if (!graph_read(stream, &reading, &targets->graph, error))
        return false;
    targets->has_graph = true;
    if (options->largest_component)
        components_keep_largest(&targets->graph);
    collect_pairs(options, targets);
    struct rng rng = rng_make(options->seed, RNG_LANDMARKS, 1);
    targets->landmarks = landmarks_of_graph(&targets->graph, MOST_LANDMARKS, &rng);
    if (targets->train.unreachable)
        error_warn("%s: %zu pairs have no path between them and are left out; "
                   "--largest-component embeds only the largest component",
                   stream_name(stream), targets->train.unreachable);
    return true;
}

/* The numeric columns of a table as a matrix; a first column of text holds the names of rows. */
static bool matrix_of_table(const struct table *table, const char *place, struct array *matrix,
                            struct names *names, struct error *error)
{
    size_t first = table->count && table->columns[0].kind == COLUMN_TEXT;
    for (size_t c = first; c < table->count; c++)
        if (table->columns[c].kind != COLUMN_NUMBER)
            return table_refuse_text(table, c, place, error);
    size_t shape[2] = {table->rows, table->count - first};
    *matrix = array_make(DTYPE_F64, 2, shape);
    for (size_t row = 0; row < shape[0]; row++) {
        for (size_t c = 0; c < shape[1]; c++)
            ((double *)matrix->data)[row * shape[1] + c] = table->columns[first + c].numbers[row];
        if (first)
            names_add(names, table->columns[0].texts[row], strlen(table->columns[0].texts[row]));
    }
    return true;
}

static bool read_matrix_array(struct stream *stream, struct array *matrix, struct names *names,
                              struct error *error)
{
    enum stream_kind kind = stream_recognise(stream, error);
    if (error->exit_code != EX_OK)
        return false;
    if (kind == STREAM_NPY) {
        bool end;
        return npy_read(stream, matrix, &end, error);
    }
    if (kind != STREAM_CSV)
        return error_set(error, EX_DATAERR, "%s: expected a matrix as NPY or CSV",
                         stream_name(stream));
    struct table table = {0};
    const char *const text_columns[] = {"node", NULL}; /* names, even if they look like numbers */
    struct table_options options = {.text_columns = text_columns};
    bool good = table_read(stream, &options, &table, error) &&
                matrix_of_table(&table, stream_name(stream), matrix, names, error);
    table_free(&table);
    return good;
}

static bool read_matrix(struct stream *stream, uint64_t seed, struct embedding_targets *targets,
                        struct error *error)
{
    struct array matrix = {0};
    struct names names = {0};
    bool good = read_matrix_array(stream, &matrix, &names, error) &&
                pairs_from_matrix(&matrix, stream_name(stream), &targets->train, error);
    if (good && names.count && names.count != matrix.shape[0])
        good = error_set(error, EX_DATAERR, "%s: two rows have one name", stream_name(stream));
    if (good) {
        struct rng rng = rng_make(seed, RNG_LANDMARKS, 1);
        targets->landmarks = landmarks_of_matrix(&matrix, MOST_LANDMARKS, &rng);
        if (!names.count)
            names = names_numbered(matrix.shape[0]);
        graph_from_edges(&targets->graph, matrix.shape[0], NULL, 0, false, false, names);
    } else {
        names_free(&names);
    }
    array_free(&matrix);
    return good;
}

bool embedding_targets_read(const char *path, const struct embedding_target_options *options,
                            struct embedding_targets *targets, struct error *error)
{
    *targets = (struct embedding_targets){0};
    struct stream *stream = stream_open(path, error);
    if (!stream)
        return false;
    bool good = options->kind == EMBEDDING_TARGET_MATRIX
                    ? read_matrix(stream, options->seed, targets, error)
                    : read_edges(stream, options, targets, error);
    struct rng rng = rng_make(options->seed, RNG_SPLIT, 0);
    if (good) {
        pairs_shuffle(&targets->train, &rng);
        targets->held_out = pairs_split(&targets->train, options->holdout);
    }
    if (good && targets->train.count == 0)
        good = error_set(error, EX_DATAERR, "%s: there is no pair of nodes to fit",
                         stream_name(stream));
    stream_close(stream);
    return good;
}

void embedding_targets_free(struct embedding_targets *targets)
{
    graph_free(&targets->graph);
    landmarks_free(&targets->landmarks);
    pairs_free(&targets->train);
    pairs_free(&targets->held_out);
}
