#include "dag/closure.h"

#include "base/memory.h"
#include "dag/ordered_arcs.h"

#include <stdlib.h>
#include <string.h>

enum { WORD_BITS = 64 };

/* One row while it is made: a bitmap of positions. */
struct row {
    uint64_t *words;    /* (nodes / 64 + 1) */
    size_t first, last; /* no word outside first .. last is other than 0; first > last when none */
};

static void row_touch(struct row *row, size_t first_word, size_t last_word)
{
    if (first_word < row->first)
        row->first = first_word;
    if (last_word > row->last)
        row->last = last_word;
}

/* The bits from `first` to `last` of one word. */
static uint64_t bits_between(unsigned first, unsigned last)
{
    return (~0ull << first) & (~0ull >> (WORD_BITS - 1 - last));
}

static void row_add_run(struct row *row, uint32_t first, uint32_t last)
{
    size_t low = first / WORD_BITS, high = last / WORD_BITS;
    unsigned first_bit = first % WORD_BITS, last_bit = last % WORD_BITS;
    row_touch(row, low, high);
    if (low == high) {
        row->words[low] |= bits_between(first_bit, last_bit);
        return;
    }
    row->words[low] |= bits_between(first_bit, WORD_BITS - 1);
    memset(row->words + low + 1, 0xff, (high - low - 1) * sizeof *row->words);
    row->words[high] |= bits_between(0, last_bit);
}

/* The row of the node at a position, where rows are kept: the last node's comes first. */
static size_t row_index(const struct closure *closure, size_t position)
{
    return closure->dag->graph.nodes - 1 - position;
}

/* Adds the stored row of a position. */
static void row_add_row(struct row *row, const struct closure *closure, size_t position)
{
    size_t index = row_index(closure, position);
    const union closure_cell *cells = closure->cells + closure->offsets[index];
    size_t count = closure->offsets[index + 1] - closure->offsets[index];
    size_t base = closure->base[index];
    if (base == CLOSURE_RUNS) {
        for (size_t i = 0; i < count; i++)
            row_add_run(row, cells[i].run.first, cells[i].run.last);
        return;
    }
    row_touch(row, base, base + count - 1);
    for (size_t i = 0; i < count; i++)
        row->words[base + i] |= cells[i].word;
}

/* Counts the bits of a row, and the runs of them. */
static void row_measure(struct row *row, size_t *bits, size_t *runs)
{
    uint64_t before = 0; /* the last bit of the word before */
    *bits = *runs = 0;
    for (size_t w = row->first; w <= row->last && row->last != SIZE_MAX; w++) {
        uint64_t word = row->words[w];
        *bits += (size_t)__builtin_popcountll(word);
        *runs += (size_t)__builtin_popcountll(word & ~(word << 1 | before));
        before = word >> (WORD_BITS - 1);
    }
}

/* The first position from `from` on whose bit is set (or is not); `end` when there is none. */
static size_t next_bit(const struct row *row, size_t from, size_t end, bool set)
{
    while (from < end) {
        uint64_t word = row->words[from / WORD_BITS];
        uint64_t wanted = (set ? word : ~word) & ~0ull << from % WORD_BITS;
        if (wanted)
            return from / WORD_BITS * WORD_BITS + (size_t)__builtin_ctzll(wanted);
        from = (from / WORD_BITS + 1) * WORD_BITS;
    }
    return end;
}

static void store_runs(const struct row *row, union closure_cell *cells, size_t runs)
{
    size_t end = (row->last + 1) * WORD_BITS;
    size_t from = row->first * WORD_BITS;
    for (size_t i = 0; i < runs; i++) {
        size_t first = next_bit(row, from, end, true);
        from = next_bit(row, first, end, false);
        cells[i].run.first = (uint32_t)first;
        cells[i].run.last = (uint32_t)(from - 1);
    }
}

/* Keeps the row of the next node in the smaller form; false when that takes too much. */
static bool store_row(struct closure *closure, struct row *row, size_t index, size_t most_cells)
{
    size_t bits, runs;
    row_measure(row, &bits, &runs);
    size_t span = bits ? row->last - row->first + 1 : 0;
    size_t needed = runs <= span ? runs : span;
    size_t filled = closure->offsets[index];
    if (needed > most_cells - filled)
        return false;
    closure->cells =
        memory_grow(closure->cells, &closure->capacity, filled + needed, sizeof *closure->cells);
    if (runs <= span) {
        closure->base[index] = CLOSURE_RUNS;
        store_runs(row, closure->cells + filled, runs);
    } else {
        closure->base[index] = (uint32_t)row->first;
        for (size_t i = 0; i < span; i++)
            closure->cells[filled + i].word = row->words[row->first + i];
    }
    closure->offsets[index + 1] = filled + needed;
    closure->size += bits;
    return true;
}

/* What the node at a position reaches: its successors and what they reach. */
static void gather_row(const struct closure *closure, const struct ordered_arcs *arcs,
                       size_t position, struct row *row)
{
    if (row->last != SIZE_MAX)
        memset(row->words + row->first, 0, (row->last - row->first + 1) * sizeof *row->words);
    row->first = SIZE_MAX;
    row->last = 0;
    for (size_t i = arcs->offsets[position]; i < arcs->offsets[position + 1]; i++) {
        uint32_t target = arcs->arcs[i].target;
        if (row->words[target / WORD_BITS] >> target % WORD_BITS & 1)
            continue;
        row_add_run(row, target, target);
        row_add_row(row, closure, target);
    }
    if (row->first == SIZE_MAX)
        row->last = SIZE_MAX;
}

bool closure_build(struct closure *closure, const struct dag *dag, size_t most_bytes,
                   struct error *error)
{
    size_t nodes = dag->graph.nodes;
    size_t fixed = (nodes + 1) * sizeof *closure->offsets + nodes * sizeof *closure->base;
    size_t most_cells = most_bytes > fixed ? (most_bytes - fixed) / sizeof *closure->cells : 0;
    *closure = (struct closure){.dag = dag};
    closure->offsets = memory_zeroed(nodes + 1, sizeof *closure->offsets);
    closure->base = memory_alloc(nodes, sizeof *closure->base);
    struct ordered_arcs arcs;
    ordered_arcs_make(&arcs, dag);
    struct row row = {memory_zeroed(nodes / WORD_BITS + 1, sizeof *row.words), SIZE_MAX, SIZE_MAX};
    bool fits = true;
    for (size_t index = 0; index < nodes && fits; index++) {
        gather_row(closure, &arcs, nodes - 1 - index, &row);
        fits = store_row(closure, &row, index, most_cells);
    }
    free(row.words);
    ordered_arcs_free(&arcs);
    if (fits)
        return true;
    closure_free(closure);
    return error_set(error, EX_DATAERR, "the transitive closure of %zu nodes takes more than the "
                     "%zu MiB it may", nodes, most_bytes >> 20);
}

static bool runs_hold(const union closure_cell *cells, size_t count, uint32_t position)
{
    size_t low = 0, high = count; /* the runs before low begin at or before the position */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cells[middle].run.first <= position)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && position <= cells[low - 1].run.last;
}

bool closure_reaches(const struct closure *closure, uint32_t u, uint32_t v)
{
    uint32_t position = closure->dag->position[v];
    size_t index = row_index(closure, closure->dag->position[u]);
    const union closure_cell *cells = closure->cells + closure->offsets[index];
    size_t count = closure->offsets[index + 1] - closure->offsets[index];
    if (u == v)
        return true;
    if (closure->base[index] == CLOSURE_RUNS)
        return runs_hold(cells, count, position);
    /* Wraps where the position is before the bitmap. */
    size_t word = position / WORD_BITS - (size_t)closure->base[index];
    return word < count && cells[word].word >> position % WORD_BITS & 1;
}

void closure_visit(const struct closure *closure, uint32_t u,
                   void (*visit)(uint32_t v, void *context), void *context)
{
    size_t index = row_index(closure, closure->dag->position[u]);
    const uint32_t *order = closure->dag->order;
    size_t base = closure->base[index];
    for (size_t i = closure->offsets[index]; i < closure->offsets[index + 1]; i++) {
        union closure_cell cell = closure->cells[i];
        if (base == CLOSURE_RUNS) {
            for (size_t p = cell.run.first; p <= cell.run.last; p++)
                visit(order[p], context);
            continue;
        }
        size_t first = (base + i - closure->offsets[index]) * WORD_BITS;
        for (uint64_t word = cell.word; word; word &= word - 1)
            visit(order[first + (size_t)__builtin_ctzll(word)], context);
    }
}

size_t closure_bytes(const struct closure *closure)
{
    size_t nodes = closure->dag->graph.nodes;
    return (nodes + 1) * sizeof *closure->offsets + nodes * sizeof *closure->base +
           closure->offsets[nodes] * sizeof *closure->cells;
}

void closure_free(struct closure *closure)
{
    free(closure->offsets);
    free(closure->base);
    free(closure->cells);
    *closure = (struct closure){0};
}
