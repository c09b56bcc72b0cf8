#include "grad/broadcast.h"

#include <string.h>

struct broadcast broadcast_of_row(const real *row, size_t rows, size_t columns)
{
    return (struct broadcast){BROADCAST_ROW, rows, columns, row};
}

struct broadcast broadcast_of_column(const real *column, size_t rows, size_t columns)
{
    return (struct broadcast){BROADCAST_COLUMN, rows, columns, column};
}

bool broadcast_fit(const struct tensor *a, const struct tensor *b, struct broadcast *broadcast)
{
    size_t rows = tensor_rows(a), columns = tensor_columns(a), count = tensor_count(b);
    *broadcast = (struct broadcast){.rows = rows, .columns = columns, .data = b->data};
    if (count == rows * columns)
        broadcast->form = BROADCAST_SAME;
    else if (count == 1)
        broadcast->form = BROADCAST_VALUE;
    else if (count == columns && tensor_columns(b) == columns)
        broadcast->form = BROADCAST_ROW;
    else if (count == rows && tensor_columns(b) == 1)
        broadcast->form = BROADCAST_COLUMN;
    else
        return false;
    return true;
}

/* Repeats the first `done` elements of the room until it holds count. */
static void repeat(real *room, size_t done, size_t count)
{
    while (done < count) {
        size_t more = done < count - done ? done : count - done;
        memcpy(room + done, room, more * sizeof *room);
        done += more;
    }
}

static void repeat_row(const struct broadcast *b, size_t first, size_t count, real *room)
{
    size_t at = first % b->columns;
    size_t head = b->columns - at < count ? b->columns - at : count;
    memcpy(room, b->data + at, head * sizeof *room);
    if (head == count)
        return;
    size_t tail = at < count - head ? at : count - head;
    memcpy(room + head, b->data, tail * sizeof *room);
    repeat(room, head + tail, count);
}

static void repeat_column(const struct broadcast *b, size_t first, size_t count, real *room)
{
    size_t row = first / b->columns, left = b->columns - first % b->columns;
    for (size_t i = 0; i < count; row++, left = b->columns) {
        size_t end = left < count - i ? i + left : count;
        real value = b->data[row];
        for (; i < end; i++)
            room[i] = value;
    }
}

const real *piece_of_broadcast(const void *broadcast, size_t first, size_t count, real *room)
{
    const struct broadcast *b = broadcast;
    switch (b->form) {
    case BROADCAST_SAME:
        return b->data + first;
    case BROADCAST_ROW:
        if (first % b->columns + count <= b->columns)
            return b->data + first % b->columns;
        repeat_row(b, first, count, room);
        return room;
    case BROADCAST_COLUMN:
        repeat_column(b, first, count, room);
        return room;
    case BROADCAST_VALUE:
        for (size_t i = 0; i < count; i++)
            room[i] = b->data[0];
        return room;
    }
    return NULL;
}
