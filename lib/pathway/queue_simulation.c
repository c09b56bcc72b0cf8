#include "pathway/queue_simulation.h"

#include "base/memory.h"
#include "base/rng.h"

#include <math.h>
#include <stdlib.h>

enum { IDLE = UINT32_MAX };

/* The state of the hosts and of the queue. */
struct run {
    struct queue_simulation *s;
    struct rng rng;
    double now;
    uint32_t *job;     /* (hosts, slots): what a slot does, or IDLE */
    double *started;   /* (hosts, slots) */
    double *next;      /* (hosts): its next failure; while it is down, when it is back */
    char *down;        /* (hosts) */
    uint32_t *again;   /* jobs that were lost, to be taken first */
    size_t again_count, first; /* the next job of the list that was never taken */
    size_t done;
};

static double draw_failure(struct run *r)
{
    if (r->s->mean_failure <= 0)
        return INFINITY;
    return r->now - r->s->mean_failure * log(1 - rng_uniform(&r->rng));
}

/* Gives work to the slots of a host that have none. */
static void fill(struct run *r, size_t host)
{
    for (size_t i = host * r->s->slots; i < (host + 1) * r->s->slots; i++) {
        if (r->job[i] != IDLE || (r->again_count == 0 && r->first == r->s->jobs))
            continue;
        r->job[i] = r->again_count > 0 ? r->again[--r->again_count] : (uint32_t)r->first++;
        r->started[i] = r->now;
    }
}

static void fail(struct run *r, size_t host)
{
    r->down[host] = 1;
    r->next[host] = r->now + r->s->repair;
    r->s->failures++;
    for (size_t i = host * r->s->slots; i < (host + 1) * r->s->slots; i++) {
        if (r->job[i] == IDLE)
            continue;
        r->s->lost += r->now - r->started[i];
        r->s->repeated++;
        r->again[r->again_count++] = r->job[i];
        r->job[i] = IDLE;
    }
}

/* Jobs that were lost are picked up by slots that are idle, on hosts that are up. */
static void fill_all(struct run *r)
{
    for (size_t host = 0; host < r->s->hosts && r->again_count > 0; host++)
        if (!r->down[host])
            fill(r, host);
}

static double end_of(const struct run *r, size_t slot)
{
    return r->job[slot] == IDLE ? INFINITY : r->started[slot] + r->s->seconds[r->job[slot]];
}

/* The next thing that happens: the end of a job in a slot, or something to a host. */
static void step(struct run *r)
{
    size_t slots = r->s->hosts * r->s->slots, slot = 0, host = 0;
    double end = INFINITY;
    for (size_t i = 0; i < slots; i++)
        if (end_of(r, i) < end) {
            end = end_of(r, i);
            slot = i;
        }
    for (size_t h = 1; h < r->s->hosts; h++)
        if (r->next[h] < r->next[host])
            host = h;
    if (end <= r->next[host]) {
        r->now = end;
        r->s->busy += r->s->seconds[r->job[slot]];
        r->job[slot] = IDLE;
        r->done++;
        fill(r, slot / r->s->slots);
    } else if (r->down[host]) {
        r->now = r->next[host];
        r->down[host] = 0;
        r->next[host] = draw_failure(r);
        fill(r, host);
    } else {
        r->now = r->next[host];
        fail(r, host);
        fill_all(r);
    }
}

static int longest_first(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return one > other ? -1 : one < other;
}

void queue_simulate(struct queue_simulation *s)
{
    size_t slots = s->hosts * s->slots;
    struct run r = {.s = s, .rng = rng_make(s->seed, RNG_GENERATOR, 0)};
    r.job = memory_alloc(slots, sizeof *r.job);
    r.started = memory_zeroed(slots, sizeof *r.started);
    r.next = memory_alloc(s->hosts, sizeof *r.next);
    r.down = memory_zeroed(s->hosts, 1);
    r.again = memory_alloc(slots, sizeof *r.again);
    s->wall = s->busy = s->lost = 0;
    s->failures = s->repeated = 0;
    if (s->jobs > 0)
        qsort(s->seconds, s->jobs, sizeof *s->seconds, longest_first);
    for (size_t i = 0; i < slots; i++)
        r.job[i] = IDLE;
    for (size_t host = 0; host < s->hosts; host++) {
        r.next[host] = draw_failure(&r);
        fill(&r, host);
    }
    while (r.done < s->jobs)
        step(&r);
    s->wall = r.now;
    free(r.job);
    free(r.started);
    free(r.next);
    free(r.down);
    free(r.again);
}
