/* Reachability indices in files. */
#include "base/memory.h"
#include "dag/reachability.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* A tensor of either method. */
struct part {
    const char *name;
    enum dtype dtype;
};

static const struct part chain_parts[] = {{"reachability.chain", DTYPE_U32},
                                          {"reachability.label_offsets", DTYPE_U64},
                                          {"reachability.labels", DTYPE_U32}};
static const struct part interval_parts[] = {{"reachability.intervals", DTYPE_U32},
                                             {"reachability.tree_low", DTYPE_U32},
                                             {"reachability.rank", DTYPE_U32},
                                             {"reachability.arc_offsets", DTYPE_U64},
                                             {"reachability.arc_targets", DTYPE_U32}};
enum {
    CHAIN_PARTS = sizeof chain_parts / sizeof *chain_parts,
    INTERVAL_PARTS = sizeof interval_parts / sizeof *interval_parts
};

static const struct part *parts_of(enum reachability_method method, size_t *count)
{
    *count = method == REACHABILITY_CHAINS ? CHAIN_PARTS : INTERVAL_PARTS;
    return method == REACHABILITY_CHAINS ? chain_parts : interval_parts;
}

/* "chains last 12 minimum" or "intervals": what the tensors are. */
static char *method_text(const struct reachability *index)
{
    if (index->method == REACHABILITY_INTERVALS)
        return memory_copy_string("intervals");
    return memory_format("chains %s %zu %s",
                         index->chains.direction == CHAIN_LAST_REACHING ? "last" : "first",
                         index->chains.chains, index->minimum_chains ? "minimum" : "greedy");
}

/* CRC-32 of the method's text and of every tensor's bytes. */
static uint32_t checksum(const struct safetensors *file, const char *text)
{
    size_t count;
    bool intervals = strcmp(text, "intervals") == 0;
    const struct part *parts =
        parts_of(intervals ? REACHABILITY_INTERVALS : REACHABILITY_CHAINS, &count);
    uLong crc = crc32_z(0, (const Bytef *)text, strlen(text));
    for (size_t i = 0; i < count; i++) {
        const struct array *array = safetensors_find(file, parts[i].name);
        if (array && array_bytes(array) > 0)
            crc = crc32_z(crc, array->data, array_bytes(array));
    }
    return (uint32_t)crc;
}

static void add_part(struct safetensors *file, const struct part *part, size_t rows,
                     size_t columns, size_t depth, const void *values)
{
    size_t shape[3] = {rows, columns, depth};
    int dimensions = depth ? 3 : columns ? 2 : 1;
    safetensors_add(file, part->name, part->dtype, dimensions, shape, values);
}

static void add_chains(struct safetensors *file, const struct chain_labels *labels)
{
    add_part(file, &chain_parts[0], labels->nodes, 3, 0, labels->own);
    add_part(file, &chain_parts[1], labels->nodes + 1, 0, 0, labels->offsets);
    add_part(file, &chain_parts[2], labels->offsets[labels->nodes], 2, 0, labels->labels);
}

static void add_intervals(struct safetensors *file, const struct reachability *index)
{
    const struct interval_labels *labels = &index->intervals;
    add_part(file, &interval_parts[0], labels->nodes, labels->traversals, 2, labels->intervals);
    add_part(file, &interval_parts[1], labels->nodes, 0, 0, labels->tree_low);
    add_part(file, &interval_parts[2], index->nodes, 0, 0, index->rank);
    add_part(file, &interval_parts[3], index->nodes + 1, 0, 0, index->offsets);
    add_part(file, &interval_parts[4], index->offsets[index->nodes], 0, 0, index->targets);
}

void reachability_save(const struct reachability *index, struct safetensors *file)
{
    char *text = method_text(index);
    if (index->method == REACHABILITY_CHAINS)
        add_chains(file, &index->chains);
    else
        add_intervals(file, index);
    safetensors_set_metadata(file, "reachability.method", text);
    free(text);
    reachability_seal(file);
}

void reachability_seal(struct safetensors *file)
{
    const char *text = safetensors_metadata(file, "reachability.method");
    char *sum = memory_format("%08" PRIx32, checksum(file, text ? text : ""));
    safetensors_set_metadata(file, "reachability.checksum", sum);
    free(sum);
}

/* What is being read, for messages. */
struct reading {
    const struct safetensors *file;
    const char *place;
    struct error *error;
};

static bool refuse(const struct reading *reading, const char *what)
{
    return error_set(reading->error, EX_DATAERR, "%s: damaged reachability index: %s",
                     reading->place, what);
}

static bool parse_method(const struct reading *reading, const char *text,
                         struct reachability *index)
{
    char direction[8], kind[8];
    size_t chains;
    int used = 0;
    if (strcmp(text, "intervals") == 0) {
        index->method = REACHABILITY_INTERVALS;
        return true;
    }
    if (sscanf(text, "chains %7s %zu %7s%n", direction, &chains, kind, &used) != 3 || text[used])
        return refuse(reading, "an unknown method");
    index->method = REACHABILITY_CHAINS;
    index->minimum_chains = strcmp(kind, "minimum") == 0;
    index->chains.chains = chains;
    index->chains.direction =
        strcmp(direction, "last") == 0 ? CHAIN_LAST_REACHING : CHAIN_FIRST_REACHED;
    return true;
}

static bool check_parts(const struct reading *reading, const struct reachability *index,
                        const char *text)
{
    size_t count;
    const struct part *parts = parts_of(index->method, &count);
    const char *sum = safetensors_metadata(reading->file, "reachability.checksum");
    for (size_t i = 0; i < count; i++) {
        const struct array *array = safetensors_find(reading->file, parts[i].name);
        if (!array)
            return error_set(reading->error, EX_DATAERR, "%s: %s is missing", reading->place,
                             parts[i].name);
        if (array->dtype != parts[i].dtype)
            return error_set(reading->error, EX_DATAERR, "%s: %s has elements %s; expected %s",
                             reading->place, parts[i].name, dtype_name(array->dtype),
                             dtype_name(parts[i].dtype));
    }
    char *own = memory_format("%08" PRIx32, checksum(reading->file, text));
    bool good = sum && strcmp(sum, own) == 0;
    free(own);
    return good || refuse(reading, "the checksum is another");
}

/* A copy of a tensor's values. Its shape must be (rows, columns, depth), as for add_part. */
static void *take_part(const struct reading *reading, const struct part *part, size_t rows,
                       size_t columns, size_t depth)
{
    const struct array *array = safetensors_find(reading->file, part->name);
    const size_t shape[3] = {rows, columns, depth};
    int dimensions = depth ? 3 : columns ? 2 : 1;
    bool same = array->dimensions == dimensions;
    for (int i = 0; i < dimensions && same; i++)
        same = array->shape[i] == shape[i];
    if (!same) {
        error_set(reading->error, EX_DATAERR, "%s: %s has a wrong shape", reading->place,
                  part->name);
        return NULL;
    }
    size_t bytes = array_bytes(array);
    void *values = memory_alloc(bytes, 1);
    if (bytes)
        memcpy(values, array->data, bytes);
    return values;
}

static size_t first_side(const struct reading *reading, const struct part *part)
{
    const struct array *array = safetensors_find(reading->file, part->name);
    return array->dimensions > 0 ? array->shape[0] : 0;
}

/* Offsets go up from 0 to count. */
static bool are_offsets(const size_t *offsets, size_t nodes, size_t count)
{
    for (size_t v = 0; v < nodes; v++)
        if (offsets[v + 1] < offsets[v])
            return false;
    return offsets[0] == 0 && offsets[nodes] == count;
}

/* starts (chains + 1): where the members of each chain begin; false when one has none. */
static bool count_chains(const struct chain_labels *labels, size_t *starts)
{
    memset(starts, 0, (labels->chains + 1) * sizeof *starts);
    for (size_t v = 0; v < labels->nodes; v++) {
        if (labels->own[v].chain >= labels->chains)
            return false;
        starts[labels->own[v].chain + 1]++;
    }
    bool good = true;
    for (size_t c = 0; c < labels->chains; c++) {
        good &= starts[c + 1] > 0;
        starts[c + 1] += starts[c];
    }
    return good;
}

/* Every chain has positions 0 .. length - 1, each once, and ranks go up along it. */
static bool are_chains(const struct chain_labels *labels)
{
    size_t *starts = memory_alloc(labels->chains + 1, sizeof *starts);
    uint32_t *members = memory_alloc(labels->nodes, sizeof *members);
    bool good = count_chains(labels, starts);
    memset(members, 0xff, labels->nodes * sizeof *members);
    for (size_t v = 0; v < labels->nodes && good; v++) {
        struct chain_place own = labels->own[v];
        good = own.position < starts[own.chain + 1] - starts[own.chain] &&
               members[starts[own.chain] + own.position] == UINT32_MAX;
        if (good)
            members[starts[own.chain] + own.position] = (uint32_t)v;
    }
    for (size_t i = 1; i < labels->nodes && good; i++) {
        struct chain_place before = labels->own[members[i - 1]], own = labels->own[members[i]];
        good = before.chain != own.chain || before.rank < own.rank;
    }
    free(members);
    free(starts);
    return good;
}

/* A node's labels are sorted by chain, and the one of its own chain is its own position. */
static bool are_labels(const struct chain_labels *labels)
{
    for (size_t v = 0; v < labels->nodes; v++) {
        bool has_own = false;
        for (size_t i = labels->offsets[v]; i < labels->offsets[v + 1]; i++) {
            struct chain_label label = labels->labels[i];
            if (label.chain >= labels->chains || label.position >= labels->nodes ||
                (i > labels->offsets[v] && labels->labels[i - 1].chain >= label.chain))
                return false;
            has_own |= label.chain == labels->own[v].chain &&
                       label.position == labels->own[v].position;
        }
        if (!has_own)
            return false;
    }
    return true;
}

static bool load_chains(const struct reading *reading, struct reachability *index)
{
    struct chain_labels *labels = &index->chains;
    size_t count = first_side(reading, &chain_parts[2]);
    index->nodes = labels->nodes = first_side(reading, &chain_parts[0]);
    labels->own = take_part(reading, &chain_parts[0], labels->nodes, 3, 0);
    labels->offsets = take_part(reading, &chain_parts[1], labels->nodes + 1, 0, 0);
    labels->labels = take_part(reading, &chain_parts[2], count, 2, 0);
    if (!labels->own || !labels->offsets || !labels->labels)
        return false;
    if (labels->chains > labels->nodes || !are_chains(labels))
        return refuse(reading, "the chains do not part the nodes");
    if (!are_offsets(labels->offsets, labels->nodes, count) || !are_labels(labels))
        return refuse(reading, "the labels are out of order");
    return true;
}

/* The posts of every traversal are a permutation, and intervals end in them. */
static bool are_intervals(const struct interval_labels *labels)
{
    bool good = true;
    bool *taken = memory_alloc(labels->nodes, sizeof *taken);
    for (size_t i = 0; i < labels->traversals && good; i++) {
        memset(taken, 0, labels->nodes * sizeof *taken);
        for (size_t v = 0; v < labels->nodes && good; v++) {
            struct interval interval = labels->intervals[v * labels->traversals + i];
            good = interval.low <= interval.post && interval.post < labels->nodes &&
                   !taken[interval.post];
            if (good)
                taken[interval.post] = true;
        }
    }
    for (size_t v = 0; v < labels->nodes && good; v++) {
        struct interval interval = labels->intervals[v * labels->traversals];
        good = interval.low <= labels->tree_low[v] && labels->tree_low[v] <= interval.post;
    }
    free(taken);
    return good;
}

/* Along every arc ranks go up and intervals lie inside one another. */
static bool are_arcs(const struct reachability *index)
{
    for (size_t v = 0; v < index->nodes; v++) {
        for (size_t i = index->offsets[v]; i < index->offsets[v + 1]; i++) {
            uint32_t target = index->targets[i];
            if (target >= index->nodes || index->rank[v] >= index->rank[target] ||
                !interval_labels_may_reach(&index->intervals, (uint32_t)v, target))
                return false;
        }
    }
    return true;
}

static bool load_intervals(const struct reading *reading, struct reachability *index)
{
    struct interval_labels *labels = &index->intervals;
    const struct array *intervals = safetensors_find(reading->file, interval_parts[0].name);
    size_t count = first_side(reading, &interval_parts[4]);
    index->nodes = labels->nodes = first_side(reading, &interval_parts[0]);
    labels->traversals = intervals->dimensions == 3 ? intervals->shape[1] : 0;
    labels->intervals =
        take_part(reading, &interval_parts[0], labels->nodes, labels->traversals, 2);
    labels->tree_low = take_part(reading, &interval_parts[1], labels->nodes, 0, 0);
    index->rank = take_part(reading, &interval_parts[2], labels->nodes, 0, 0);
    index->offsets = take_part(reading, &interval_parts[3], labels->nodes + 1, 0, 0);
    index->targets = take_part(reading, &interval_parts[4], count, 0, 0);
    if (!labels->intervals || !labels->tree_low || !index->rank || !index->offsets ||
        !index->targets)
        return false;
    if (labels->traversals == 0 || !are_intervals(labels))
        return refuse(reading, "the intervals are not those of traversals");
    if (!are_offsets(index->offsets, index->nodes, count) || !are_arcs(index))
        return refuse(reading, "the arcs do not agree with the labels");
    return true;
}

bool reachability_load(struct reachability *index, const struct safetensors *file,
                       const char *place, struct error *error)
{
    const struct reading reading = {file, place, error};
    const char *text = safetensors_metadata(file, "reachability.method");
    *index = (struct reachability){0};
    if (!text)
        return error_set(error, EX_DATAERR, "%s: there is no reachability index", place);
    bool good = parse_method(&reading, text, index) && check_parts(&reading, index, text) &&
                (index->method == REACHABILITY_CHAINS ? load_chains(&reading, index)
                                                      : load_intervals(&reading, index));
    if (!good)
        reachability_free(index);
    return good;
}
