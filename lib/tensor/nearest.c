#include "tensor/nearest.h"

static bool worse(const struct nearest *n, size_t i, size_t j)
{
    return n->distances[i] > n->distances[j] ||
           (n->distances[i] == n->distances[j] && n->indices[i] > n->indices[j]);
}

static void swap(const struct nearest *n, size_t i, size_t j)
{
    real distance = n->distances[i];
    uint32_t index = n->indices[i];
    n->distances[i] = n->distances[j];
    n->indices[i] = n->indices[j];
    n->distances[j] = distance;
    n->indices[j] = index;
}

static void sift_down(const struct nearest *n, size_t at, size_t end)
{
    for (size_t child = 2 * at + 1; child < end; child = 2 * at + 1) {
        if (child + 1 < end && worse(n, child + 1, child))
            child++;
        if (!worse(n, child, at))
            return;
        swap(n, child, at);
        at = child;
    }
}

void nearest_offer(struct nearest *n, real distance, uint32_t index)
{
    if (n->count < n->k) {
        size_t at = n->count++;
        n->distances[at] = distance;
        n->indices[at] = index;
        for (; at > 0 && worse(n, at, (at - 1) / 2); at = (at - 1) / 2)
            swap(n, at, (at - 1) / 2);
    } else if (distance < n->distances[0] ||
               (distance == n->distances[0] && index < n->indices[0])) {
        n->distances[0] = distance;
        n->indices[0] = index;
        sift_down(n, 0, n->k);
    }
}

void nearest_sort(struct nearest *n)
{
    for (size_t end = n->count; end > 1; end--) {
        swap(n, 0, end - 1);
        sift_down(n, 0, end - 1);
    }
}
