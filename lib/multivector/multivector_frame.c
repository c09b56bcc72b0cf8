/* Entering and leaving the frame of the metric. */
#include "multivector/multivector.h"

#include "base/error.h"

#include <string.h>

/* What both directions share: the minors of P, and which channels are of which grade. */
struct passage {
    const struct clifford *algebra;
    const real *minors; /* (blades, blades), of P */
    size_t batch, channels; /* of x */
    size_t parts;
    struct {
        size_t grade, first_channel, channels;
    } part[];
};

static struct passage *new_passage(struct tape *tape, const struct clifford_plan *plan,
                                   const struct variable *frame, size_t parts)
{
    const struct clifford *algebra = &plan->algebra;
    struct passage *p = arena_zeroed(&tape->arena, 1, sizeof *p + parts * sizeof *p->part);
    real *minors = arena_alloc(&tape->arena, algebra->blades * algebra->blades, sizeof *minors);
    clifford_outermorphism(algebra, frame->value.data + algebra->dimension, minors);
    p->algebra = algebra;
    p->minors = minors;
    p->parts = parts;
    return p;
}

/* Where coefficient `blade` of the channels of a part stands in x, for one sample. */
static size_t inside(const struct passage *p, size_t part, size_t blade, size_t sample)
{
    return (blade * p->batch + sample) * p->channels + p->part[part].first_channel;
}

/*
 * x_I = sum over J of minors[J, I] v_J for the blades I, J of a grade, or +=; v (C, size). The way
 * in, and the way back of the way out.
 */
static void enter_sample(const struct passage *p, size_t part, size_t sample, const real *v,
                         bool add, real *x)
{
    size_t grade = p->part[part].grade, size = clifford_grade_size(p->algebra, grade);
    size_t first = p->algebra->first[grade];
    for (size_t i = 0; i < size; i++) {
        real *target = x + inside(p, part, first + i, sample);
        for (size_t c = 0; c < p->part[part].channels; c++) {
            real sum = add ? target[c] : 0;
            for (size_t j = 0; j < size; j++)
                sum += p->minors[(first + j) * p->algebra->blades + first + i] * v[c * size + j];
            target[c] = sum;
        }
    }
}

/* v_J = sum over I of minors[J, I] x_I, or += ; the way out, and the way back of the way in. */
static void leave_sample(const struct passage *p, size_t part, size_t sample, const real *x,
                         bool add, real *v)
{
    size_t grade = p->part[part].grade, size = clifford_grade_size(p->algebra, grade);
    size_t first = p->algebra->first[grade];
    for (size_t c = 0; c < p->part[part].channels; c++) {
        for (size_t j = 0; j < size; j++) {
            real sum = add ? v[c * size + j] : 0;
            for (size_t i = 0; i < size; i++)
                sum += p->minors[(first + j) * p->algebra->blades + first + i] *
                       x[inside(p, part, first + i, sample) + c];
            v[c * size + j] = sum;
        }
    }
}

/* dminors[J, I] += sum over samples and channels of v_J x_I. */
static void add_minors(const struct passage *p, size_t part, const real *v, const real *x,
                       real *dminors)
{
    size_t grade = p->part[part].grade, size = clifford_grade_size(p->algebra, grade);
    size_t first = p->algebra->first[grade], channels = p->part[part].channels;
    for (size_t j = 0; j < size; j++) {
        for (size_t i = 0; i < size; i++) {
            double sum = 0;
            for (size_t b = 0; b < p->batch; b++)
                for (size_t c = 0; c < channels; c++)
                    sum += (double)v[(b * channels + c) * size + j] *
                           (double)x[inside(p, part, first + i, b) + c];
            dminors[(first + j) * p->algebra->blades + first + i] += (real)sum;
        }
    }
}

static void send_minors(const struct passage *p, struct variable *frame, real *dminors)
{
    size_t n = p->algebra->dimension;
    clifford_outermorphism_backward(p->algebra, frame->value.data + n, p->minors, dminors,
                                    variable_gradient(frame) + n);
}

static real *new_minors(const struct passage *p, struct arena *arena)
{
    return arena_zeroed(arena, p->algebra->blades * p->algebra->blades, sizeof(real));
}

static void enter_backward(struct variable *self)
{
    const struct passage *p = self->context;
    struct variable *frame = self->inputs[0];
    real *dminors = frame->needs_gradient ? new_minors(p, &self->tape->arena) : NULL;
    for (size_t part = 0; part < p->parts; part++) {
        struct variable *values = self->inputs[1 + part];
        size_t size = clifford_grade_size(p->algebra, p->part[part].grade);
        size_t stride = p->part[part].channels * size;
        if (dminors)
            add_minors(p, part, values->value.data, self->gradient, dminors);
        if (!values->needs_gradient)
            continue;
        real beta;
        real *dvalues = variable_gradient_or_new(values, &beta);
        for (size_t b = 0; b < p->batch; b++)
            leave_sample(p, part, b, self->gradient, beta != 0, dvalues + b * stride);
    }
    if (dminors)
        send_minors(p, frame, dminors);
}

struct variable *multivector_enter(struct tape *tape, const struct clifford_plan *plan,
                                   struct variable *frame, const struct multivector_part *parts,
                                   size_t count)
{
    struct passage *p = new_passage(tape, plan, frame, count);
    struct variable **inputs = arena_alloc(&tape->arena, count + 1, sizeof(struct variable *));
    inputs[0] = frame;
    p->batch = count ? parts[0].values->value.shape[0] : 0;
    for (size_t i = 0; i < count; i++) {
        const struct tensor *values = &parts[i].values->value;
        if (parts[i].grade >= plan->algebra.grades || values->dimensions != 3 ||
            values->shape[0] != p->batch ||
            values->shape[2] != clifford_grade_size(&plan->algebra, parts[i].grade))
            error_die(EX_SOFTWARE, "multivector_enter: part %zu does not fit", i);
        p->part[i].grade = parts[i].grade;
        p->part[i].first_channel = p->channels;
        p->part[i].channels = values->shape[1];
        p->channels += values->shape[1];
        inputs[1 + i] = parts[i].values;
    }
    struct variable *x =
        tape_record(tape, 3, (const size_t[]){plan->algebra.blades, p->batch, p->channels}, inputs,
                    count + 1, enter_backward);
    x->context = p;
    memset(x->value.data, 0, tensor_count(&x->value) * sizeof(real));
    for (size_t i = 0; i < count; i++) {
        size_t stride = p->part[i].channels * parts[i].values->value.shape[2];
        for (size_t b = 0; b < p->batch; b++)
            enter_sample(p, i, b, parts[i].values->value.data + b * stride, false,
                         x->value.data);
    }
    return x;
}

static void leave_backward(struct variable *self)
{
    const struct passage *p = self->context;
    struct variable *frame = self->inputs[0], *x = self->inputs[1];
    size_t grade = p->part[0].grade, size = clifford_grade_size(p->algebra, grade);
    if (frame->needs_gradient) {
        real *dminors = new_minors(p, &self->tape->arena);
        add_minors(p, 0, self->gradient, x->value.data, dminors);
        send_minors(p, frame, dminors);
    }
    if (!x->needs_gradient)
        return;
    real *dx = variable_gradient(x);
    for (size_t b = 0; b < p->batch; b++)
        enter_sample(p, 0, b, self->gradient + b * p->channels * size, true, dx);
}

struct variable *multivector_leave(struct tape *tape, const struct clifford_plan *plan,
                                   struct variable *frame, struct variable *x, size_t grade)
{
    if (grade >= plan->algebra.grades || tensor_rows(&x->value) % plan->algebra.blades)
        error_die(EX_SOFTWARE, "multivector_leave: grade %zu, or the shape, does not fit", grade);
    struct passage *p = new_passage(tape, plan, frame, 1);
    size_t size = clifford_grade_size(&plan->algebra, grade);
    p->channels = p->part[0].channels = tensor_columns(&x->value);
    p->batch = tensor_rows(&x->value) / plan->algebra.blades;
    p->part[0].grade = grade;
    struct variable *v = tape_record(tape, 3, (const size_t[]){p->batch, p->channels, size},
                                     (struct variable *[]){frame, x}, 2, leave_backward);
    v->context = p;
    for (size_t b = 0; b < p->batch; b++)
        leave_sample(p, 0, b, x->value.data, false, v->value.data + b * p->channels * size);
    return v;
}
