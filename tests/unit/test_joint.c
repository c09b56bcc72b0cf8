/* Prototypes trained under a soft gate: the loss against plain loops, and its gradients. */
#include "pathway/joint.h"

#include "check_main.h"
#include "grad/gradient_check.h"
#include "pathway_cases.h"

enum { ROWS = 6 };

struct problem {
    struct router router;
    struct joint joint;
    real x[ROWS * 2], targets[ROWS];
    int32_t labels[ROWS];
    bool by_labels;
};

static void problem_make(struct problem *p, size_t classes)
{
    struct rng rng = rng_make(7, RNG_TEST, 0);
    *p = (struct problem){.router = case_router(classes), .by_labels = classes > 0};
    joint_make(&p->joint, &p->router);
    for (size_t i = 0; i < ROWS * 2; i++)
        p->x[i] = (real)rng_normal(&rng);
    for (size_t i = 0; i < ROWS; i++) {
        p->targets[i] = (real)rng_normal(&rng);
        p->labels[i] = (int32_t)(i % 3);
    }
    for (size_t k = 1; k < 3; k++) {
        struct tensor *value = &p->joint.set.list[k]->value;
        for (size_t i = 0; i < tensor_count(value); i++)
            value->data[i] = (real)rng_normal(&rng);
    }
}

static void problem_free(struct problem *p)
{
    joint_free(&p->joint);
    router_free(&p->router);
}

static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    struct problem *p = context;
    (void)set;
    return joint_loss(tape, &p->joint, p->x, p->targets, p->by_labels ? p->labels : NULL, ROWS,
                      (real)1.7);
}

/* The weight of a node: the product of softmax shares down to it. */
static double weight_of(const struct router *r, const real *x, size_t node)
{
    if (node == 0)
        return 1;
    size_t parent = r->parent[node], first = r->first_child[parent];
    double own = 0, sum = 0;
    for (size_t c = first; c < first + r->children[parent]; c++) {
        const real *p = r->centres + 2 * c;
        double d = hypot((double)(x[0] - p[0]), (double)(x[1] - p[1]));
        sum += exp(-1.7 * d);
        own = c == node ? exp(-1.7 * d) : own;
    }
    return weight_of(r, x, parent) * own / sum;
}

START_TEST(value)
{
    struct problem p;
    struct tape tape = {0};
    problem_make(&p, 0);
    const real *a = p.joint.weight->value.data, *b = p.joint.bias->value.data;
    double expected = 0;
    for (size_t i = 0; i < ROWS; i++) {
        const real *x = p.x + 2 * i;
        double output = 0, weights = 0;
        for (size_t node = 1; node < p.router.nodes; node++) {
            if (p.router.children[node] > 0)
                continue;
            double w = weight_of(&p.router, x, node);
            size_t at = node - 1;
            output += w * (double)(a[2 * at] * x[0] + a[2 * at + 1] * x[1] + b[at]);
            weights += w;
        }
        ck_assert(fabs(weights - 1) < 1e-12);
        expected += (output - (double)p.targets[i]) * (output - (double)p.targets[i]) / ROWS;
    }
    double found = (double)loss_of(&tape, NULL, &p)->value.data[0];
    ck_assert_msg(fabs(found - expected) < 1e-9, "%g %g", found, expected);
    tape_free(&tape);
    problem_free(&p);
}
END_TEST

START_TEST(gradients)
{
    for (size_t classes = 0; classes < 4; classes += 3) {
        struct problem p;
        problem_make(&p, classes);
        double error = gradient_check(&p.joint.set, loss_of, &p, 1e-5);
        ck_assert_msg(error <= 1e-6, "%zu classes: %g", classes, error);
        problem_free(&p);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("joint");
    TCase *cases = tcase_create("joint");
    tcase_add_test(cases, value);
    tcase_add_test(cases, gradients);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
