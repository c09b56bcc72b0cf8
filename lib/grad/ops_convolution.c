#include "base/error.h"
#include "grad/ops_image.h"
#include "tensor/convolution.h"
#include "tensor/reduce.h"

static void convolution_backward(struct variable *self)
{
    const struct convolution *c = self->context;
    struct variable *x = self->inputs[0], *weight = self->inputs[1], *bias = self->inputs[2];
    real beta, *room = tape_scratch(self->tape, convolution_room(c));
    if (bias && bias->needs_gradient) {
        real *dbias = variable_gradient_or_new(bias, &beta);
        reduce_columns(tensor_rows(&self->value), c->out_channels, piece_of_array, self->gradient,
                       beta != 0, dbias, &self->tape->arena);
    }
    if (weight->needs_gradient) {
        real *dweight = variable_gradient_or_new(weight, &beta);
        convolution_weight_gradient(c, x->value.data, self->gradient, beta != 0, dweight, room);
    }
    if (x->needs_gradient) {
        real *dx = variable_gradient_or_new(x, &beta);
        convolution_input_gradient(c, self->gradient, weight->value.data, beta != 0, dx, room);
    }
}

struct variable *tape_convolution(struct tape *tape, struct variable *x, struct variable *weight,
                                  struct variable *bias, size_t stride, size_t padding)
{
    const size_t *images = x->value.shape, *windows = weight->value.shape;
    struct convolution c = {.batch = images[0], .height = images[1], .width = images[2],
                            .channels = images[3], .window = windows[1], .stride = stride,
                            .padding = padding, .out_channels = windows[0]};
    if (x->value.dimensions != 4 || weight->value.dimensions != 4 || windows[1] != windows[2] ||
        windows[3] != images[3] || (bias && tensor_count(&bias->value) != windows[0]) ||
        !convolution_settle(&c))
        error_die(EX_SOFTWARE, "tape_convolution: shapes do not fit");
    struct variable *y = tape_record(
        tape, 4, (const size_t[]){c.batch, c.out_height, c.out_width, c.out_channels},
        (struct variable *[]){x, weight, bias}, 3, convolution_backward);
    y->context = tape_keep(tape, &c, sizeof c);
    convolution_forward(&c, x->value.data, weight->value.data, bias ? bias->value.data : NULL,
                        false, y->value.data, tape_scratch(tape, convolution_room(&c)));
    return y;
}
