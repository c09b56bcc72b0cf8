#include "dist/ranks.h"

#include "base/memory.h"

#include <string.h>

#ifdef HAVE_MPI

#include "base/error.h"

#include <limits.h>
#include <mpi.h>
#include <stdlib.h>

/* MPI counts in int; larger arrays go in pieces. */
enum { PIECE = 1 << 28 };

static void expect_success(int code, const char *what)
{
    if (code != MPI_SUCCESS)
        error_die(EX_OSERR, "MPI: %s failed with code %d", what, code);
}

/* Before ranks_start and after ranks_finish: one process, as without MPI. */
static int own_rank = 0, rank_count = 1;

void ranks_start(void)
{
    expect_success(MPI_Init(NULL, NULL), "start");
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &own_rank);
    MPI_Comm_size(MPI_COMM_WORLD, &rank_count);
}

int ranks_rank(void)
{
    return own_rank;
}

int ranks_count(void)
{
    return rank_count;
}

static void sum(char *values, size_t count, size_t size, MPI_Datatype type)
{
    while (count > 0 && rank_count > 1) {
        int piece = count < PIECE ? (int)count : PIECE;
        expect_success(MPI_Allreduce(MPI_IN_PLACE, values, piece, type, MPI_SUM, MPI_COMM_WORLD),
                       "sum");
        values += (size_t)piece * size;
        count -= (size_t)piece;
    }
}

void ranks_sum_floats(float *values, size_t count)
{
    sum((char *)values, count, sizeof *values, MPI_FLOAT);
}

void ranks_sum_doubles(double *values, size_t count)
{
    sum((char *)values, count, sizeof *values, MPI_DOUBLE);
}

void ranks_broadcast(void *bytes, size_t count, int root)
{
    char *next = bytes;
    while (count > 0 && rank_count > 1) {
        int piece = count < PIECE ? (int)count : PIECE;
        expect_success(MPI_Bcast(next, piece, MPI_BYTE, root, MPI_COMM_WORLD), "broadcast");
        next += piece;
        count -= (size_t)piece;
    }
}

/* starts (ranks): where the bytes of each rank begin. Returns how many there are. */
static size_t lay_out(const int *counts, int ranks, int *starts)
{
    size_t total = 0;
    for (int rank = 0; rank < ranks; rank++) {
        if (total > INT_MAX)
            error_die(EX_SOFTWARE, "MPI: too many bytes to exchange at once");
        starts[rank] = (int)total;
        total += (size_t)counts[rank];
    }
    return total;
}

void *ranks_exchange(const void *bytes, const size_t *counts, size_t *received)
{
    int ranks = ranks_count();
    int *layout = memory_alloc(4 * (size_t)ranks, sizeof *layout);
    int *sent = layout, *starts = sent + ranks, *came = starts + ranks, *places = came + ranks;
    for (int rank = 0; rank < ranks; rank++) {
        if (counts[rank] > INT_MAX)
            error_die(EX_SOFTWARE, "MPI: too many bytes to exchange at once");
        sent[rank] = (int)counts[rank];
    }
    lay_out(sent, ranks, starts);
    expect_success(MPI_Alltoall(sent, 1, MPI_INT, came, 1, MPI_INT, MPI_COMM_WORLD), "exchange");
    *received = lay_out(came, ranks, places);
    char *all = memory_alloc(*received, 1);
    expect_success(MPI_Alltoallv(bytes, sent, starts, MPI_BYTE, all, came, places, MPI_BYTE,
                                 MPI_COMM_WORLD), "exchange");
    free(layout);
    return all;
}

void ranks_wait(void)
{
    if (rank_count > 1)
        expect_success(MPI_Barrier(MPI_COMM_WORLD), "wait");
}

void ranks_finish(void)
{
    MPI_Finalize();
    own_rank = 0;
    rank_count = 1;
}

#else

/* One process: it is all the ranks there are, and every sum and broadcast is already done. */

void ranks_start(void)
{
}

int ranks_rank(void)
{
    return 0;
}

int ranks_count(void)
{
    return 1;
}

void ranks_sum_floats(float *values, size_t count)
{
    (void)values;
    (void)count;
}

void ranks_sum_doubles(double *values, size_t count)
{
    (void)values;
    (void)count;
}

void ranks_broadcast(void *bytes, size_t count, int root)
{
    (void)bytes;
    (void)count;
    (void)root;
}

void *ranks_exchange(const void *bytes, const size_t *counts, size_t *received)
{
    *received = counts[0];
    char *all = memory_alloc(counts[0], 1);
    if (counts[0] > 0)
        memcpy(all, bytes, counts[0]);
    return all;
}

void ranks_wait(void)
{
}

void ranks_finish(void)
{
}

#endif

bool ranks_any(bool here)
{
    double count = here;
    ranks_sum_doubles(&count, 1);
    return count > 0;
}
