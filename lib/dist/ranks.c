#include "dist/ranks.h"

#ifdef HAVE_MPI

#include "base/error.h"

#include <mpi.h>

/* MPI counts in int; larger arrays go in pieces. */
enum { PIECE = 1 << 28 };

static void expect_success(int code, const char *what)
{
    if (code != MPI_SUCCESS)
        error_die(EX_OSERR, "MPI: %s failed with code %d", what, code);
}

void ranks_start(void)
{
    expect_success(MPI_Init(NULL, NULL), "start");
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
}

int ranks_rank(void)
{
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

int ranks_count(void)
{
    int count;
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    return count;
}

static void sum(char *values, size_t count, size_t size, MPI_Datatype type)
{
    while (count > 0) {
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
    while (count > 0) {
        int piece = count < PIECE ? (int)count : PIECE;
        expect_success(MPI_Bcast(next, piece, MPI_BYTE, root, MPI_COMM_WORLD), "broadcast");
        next += piece;
        count -= (size_t)piece;
    }
}

void ranks_wait(void)
{
    expect_success(MPI_Barrier(MPI_COMM_WORLD), "wait");
}

void ranks_finish(void)
{
    MPI_Finalize();
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

void ranks_wait(void)
{
}

void ranks_finish(void)
{
}

#endif
