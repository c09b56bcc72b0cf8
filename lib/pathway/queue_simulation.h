/*
 * Simulation of the jobs of a plan: a list of jobs, longest first, taken by the slots of hosts that
 * fail at random and come back. What a host was doing when it fails is lost and queued again. It
 * tells what arithmetic does not: how unequal cells and failing hosts stretch the end.
 */
#ifndef TESSERAE_PATHWAY_QUEUE_SIMULATION_H
#define TESSERAE_PATHWAY_QUEUE_SIMULATION_H

#include <stddef.h>
#include <stdint.h>

struct queue_simulation {
    double *seconds;        /* (jobs): how long each takes; is sorted, longest first */
    size_t jobs;
    size_t hosts, slots;
    double mean_failure;    /* seconds between failures of a host, exponential; 0: none */
    double repair;          /* seconds until it is back */
    uint64_t seed;

    /* Results. */
    double wall;            /* seconds until the last job is done */
    double busy, lost;      /* slot seconds of work that counted, and that was lost */
    uint64_t failures, repeated; /* of hosts; jobs that had to be run again */
};

void queue_simulate(struct queue_simulation *simulation);

#endif
