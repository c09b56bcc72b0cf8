/* Denoising networks: gradients of the whole loss, and what a model file keeps. */
#include "base/memory.h"
#include "check_main.h"
#include "diffusion/denoiser_fit.h"
#include "grad/gradient_check.h"
#include "scratch.h"

#include <math.h>
#include <string.h>

enum { COUNT = 3, MOST = 5 * 6 * 2 };

struct context {
    struct denoising_network network;
    real data[COUNT * MOST], noise[COUNT * MOST], times[COUNT];
    uint32_t labels[COUNT];
    enum denoiser_loss loss;
};

static struct variable *loss_of(struct tape *tape, struct parameters *set, void *data)
{
    const struct context *c = data;
    (void)set;
    return denoiser_loss(tape, &c->network, c->data, c->noise, c->times,
                         c->network.options.classes ? c->labels : NULL, COUNT, c->loss);
}

static void fill(struct context *c, struct rng *rng)
{
    for (size_t i = 0; i < COUNT * MOST; i++) {
        c->data[i] = (real)rng_normal(rng);
        c->noise[i] = (real)rng_normal(rng);
    }
    for (size_t i = 0; i < COUNT; i++) {
        c->times[i] = (real)rng_uniform(rng);
        c->labels[i] = (uint32_t)(i % (c->network.options.classes + 1));
    }
}

static void check_network(const struct network_options *options, enum denoiser_loss loss)
{
    struct parameters set = {0};
    struct context c = {.loss = loss};
    struct rng rng = rng_make(5, RNG_TEST, 0);
    denoising_network_make(&c.network, &set, "", options);
    denoising_network_initialise(&c.network, &rng);
    ck_assert(network_least_values(options) <= parameters_count(&set));
    ck_assert(10 * network_least_values(options) >= parameters_count(&set));
    for (size_t i = 0; i < set.count; i++) /* layers that begin at 0 would hide what is before */
        for (size_t k = 0; k < tensor_count(&set.list[i]->value); k++)
            set.list[i]->value.data[k] += (real)(0.2 * rng_normal(&rng));
    fill(&c, &rng);
    double error = gradient_check(&set, loss_of, &c, 5e-5);
    ck_assert_msg(error <= 1e-6, "%s: the gradient is off by %g",
                  network_kind_names[options->kind], error);
    parameters_free(&set);
}

START_TEST(gradients)
{
    check_network(&(struct network_options){.kind = NETWORK_UNET, .height = 5, .wide = 6,
                                            .channels = 2, .width = 4, .levels = 2, .blocks = 1,
                                            .classes = 2}, DENOISER_LOSS_NOISE);
    check_network(&(struct network_options){.kind = NETWORK_UNET, .height = 4, .wide = 4,
                                            .channels = 1, .width = 2, .levels = 1, .blocks = 2},
                  DENOISER_LOSS_VELOCITY);
    check_network(&(struct network_options){.kind = NETWORK_MLP, .height = 1, .wide = 1,
                                            .channels = 7, .width = 6, .levels = 1, .blocks = 2,
                                            .classes = 3}, DENOISER_LOSS_VELOCITY);
}
END_TEST

START_TEST(choices)
{
    const struct record_shape image = {.dimensions = 2, .sizes = {28, 28}};
    const struct record_shape small = {.dimensions = 3, .sizes = {8, 9, 3}};
    const struct record_shape tiny = {.dimensions = 2, .sizes = {4, 28}};
    struct network_options o = network_options_for(&image);
    ck_assert(o.kind == NETWORK_UNET && o.levels == 3 && network_columns(&o) == 784);
    o = network_options_for(&small);
    ck_assert(o.kind == NETWORK_UNET && o.levels == 2 && o.channels == 3);
    o = network_options_for(&tiny);
    ck_assert(o.kind == NETWORK_MLP && o.channels == 112);
    const struct record_shape vector = {.dimensions = 1, .sizes = {9}};
    ck_assert(!network_options_choose(&o, NETWORK_UNET, &vector));
}
END_TEST

/* A model whose network says v = 0 always: then m = mean + deviation z'. */
START_TEST(scale)
{
    const struct record_shape shape = {.dimensions = 1, .sizes = {3}};
    struct network_options options = network_options_for(&shape);
    struct neural_denoiser model;
    struct rng rng = rng_make(6, RNG_TEST, 0);
    struct error error = {0};
    const real z[6] = {5, 1, 2, -3, 4, 0};
    real mean[6];
    neural_denoiser_make(&model, &options, &shape);
    denoising_network_initialise(&model.network, &rng);
    model.mean = 2;
    model.deviation = 4;
    struct denoiser denoiser = neural_denoiser_open(&model, 1);
    ck_assert(denoiser_denoise(&denoiser, &(struct denoising){.noisy = z, .count = 2, .time = 0.5},
                               mean, &error));
    double d = 0.5 * 4 + 0.5;
    for (size_t i = 0; i < 6; i++)
        ck_assert(fabs(mean[i] - (2 + 4 * (z[i] - 0.5 * 2) / d)) < 1e-12);
    ck_assert(fabs(neural_denoiser_time(&model, 0.5) - 0.5 * 4 / d) < 1e-15);
    denoiser_release(&denoiser);
    neural_denoiser_free(&model);
}
END_TEST

/* Guidance moves from what is said without a class through what is said with it. */
START_TEST(guidance)
{
    const struct record_shape shape = {.dimensions = 1, .sizes = {3}};
    struct network_options options = network_options_for(&shape);
    struct neural_denoiser model;
    struct rng rng = rng_make(7, RNG_TEST, 0);
    struct error error = {0};
    const real z[3] = {1, -1, 2};
    const uint32_t label = 1;
    real plain[3], with_class[3], guided[3];
    options.classes = 2;
    options.width = 8;
    neural_denoiser_make(&model, &options, &shape);
    for (size_t i = 0; i < model.set.count; i++)
        for (size_t k = 0; k < tensor_count(&model.set.list[i]->value); k++)
            model.set.list[i]->value.data[k] = (real)(0.3 * rng_normal(&rng));
    struct denoising question = {.noisy = z, .count = 1, .time = 0.3};
    struct denoiser one = neural_denoiser_open(&model, 1), three = neural_denoiser_open(&model, 3);
    ck_assert(denoiser_denoise(&one, &question, plain, &error));
    question.labels = &label;
    ck_assert(denoiser_denoise(&one, &question, with_class, &error));
    ck_assert(denoiser_denoise(&three, &question, guided, &error));
    for (size_t i = 0; i < 3; i++) {
        ck_assert(fabs(with_class[i] - plain[i]) > 1e-6);
        ck_assert(fabs(guided[i] - (plain[i] + 3 * (with_class[i] - plain[i]))) < 1e-9);
    }
    denoiser_release(&one);
    denoiser_release(&three);
    neural_denoiser_free(&model);
}
END_TEST

/* Two clusters on a line are learned; a resumed run ends as one that was not interrupted. */
static void train(const struct data_set *data, uint64_t steps, struct neural_denoiser *model,
                  struct training *result)
{
    struct network_options options = network_options_for(&data->shape);
    struct error error = {0};
    options.width = 16;
    options.blocks = 1;
    neural_denoiser_make(model, &options, &data->shape);
    struct denoiser_fit fit = {.model = model, .data = data, .seed = 3, .batch = 64,
                               .average_decay = 0.9, .held_out = 20};
    fit.training = *result;
    fit.training.schedule.steps = steps;
    ck_assert_msg(denoiser_fit(&fit, &error), "%s", error.message);
    *result = fit.training;
}

START_TEST(training_two_clusters)
{
    enum { ROWS = 200 };
    real values[ROWS];
    struct rng rng = rng_make(8, RNG_TEST, 0);
    for (size_t i = 0; i < ROWS; i++)
        values[i] = (real)((i % 2 ? 3 : -1) + 0.05 * rng_normal(&rng));
    const struct data_set data = {.rows = ROWS, .columns = 1, .values = values,
                                  .shape = {.dimensions = 1, .sizes = {1}}};
    struct neural_denoiser model;
    struct training training = {.optimizer = optimizer_make(OPTIMIZER_ADAM), .evaluate_every = 100,
                                .schedule = {.rate = 0.01, .last_rate = 0.001,
                                             .decay = DECAY_COSINE}};
    train(&data, 400, &model, &training);
    ck_assert(fabs(model.mean - 1) < 0.1 && fabs(model.deviation - 2) < 0.1);
    struct denoiser denoiser = neural_denoiser_open(&model, 1);
    struct error error = {0};
    const real z[2] = {0.7 * 3, 0.7 * -1};
    real mean[2];
    ck_assert(denoiser_denoise(&denoiser, &(struct denoising){.noisy = z, .count = 2, .time = 0.7},
                               mean, &error));
    ck_assert_msg(fabs(mean[0] - 3) < 0.3 && fabs(mean[1] + 1) < 0.3, "%g %g", (double)mean[0],
                  (double)mean[1]);
    denoiser_release(&denoiser);
    neural_denoiser_free(&model);
}
END_TEST

/* Saves the model, with one word of its configuration replaced by another of the same length. */
static void save(const struct neural_denoiser *model, const char *word, const char *other)
{
    struct safetensors file = {0};
    struct error error = {0};
    neural_denoiser_save(model, &file);
    for (size_t i = 0; i < file.metadata_count; i++) {
        char *at = strstr(file.metadata_values[i], word);
        if (at)
            memcpy(at, other, strlen(other));
    }
    ck_assert(safetensors_save("model", &file, &error));
    safetensors_free(&file);
}

static void check_refused(const char *words)
{
    struct neural_denoiser model;
    struct error error = {0};
    ck_assert(!neural_denoiser_load(&model, "model", &error));
    ck_assert_int_eq(error.exit_code, EX_DATAERR);
    ck_assert_msg(strstr(error.message, words), "%s", error.message);
}

START_TEST(files)
{
    const struct record_shape shape = {.dimensions = 2, .sizes = {8, 9}};
    struct network_options options = network_options_for(&shape);
    struct neural_denoiser model, loaded;
    struct rng rng = rng_make(9, RNG_TEST, 0);
    struct error error = {0};
    char *names[2] = {"a", "b"};
    real z[72], mean[72], again[72];
    options.classes = 2;
    options.width = 6;
    neural_denoiser_make(&model, &options, &shape);
    model.class_names = memory_alloc(2, sizeof *model.class_names);
    for (size_t i = 0; i < 2; i++)
        model.class_names[i] = memory_copy_string(names[i]);
    for (size_t i = 0; i < model.set.count; i++)
        for (size_t k = 0; k < tensor_count(&model.set.list[i]->value); k++)
            model.set.list[i]->value.data[k] = (real)(0.1 * rng_normal(&rng));
    model.mean = 0.5;
    model.deviation = 3;
    save(&model, "unet", "unet");
    ck_assert_msg(neural_denoiser_load(&loaded, "model", &error), "%s", error.message);
    ck_assert(loaded.mean == 0.5 && loaded.deviation == 3 && loaded.shape.dimensions == 2);
    ck_assert_str_eq(loaded.class_names[1], "b");
    for (size_t i = 0; i < 72; i++)
        z[i] = (real)rng_normal(&rng);
    const struct denoising question = {.noisy = z, .count = 1, .time = 0.4};
    struct denoiser one = neural_denoiser_open(&model, 1), two = neural_denoiser_open(&loaded, 1);
    ck_assert(denoiser_denoise(&one, &question, mean, &error));
    ck_assert(denoiser_denoise(&two, &question, again, &error));
    ck_assert(memcmp(mean, again, sizeof mean) == 0);
    denoiser_release(&one);
    denoiser_release(&two);
    neural_denoiser_free(&loaded);

    save(&model, "\"width\":6", "\"width\":7");
    check_refused("does not fit its tensors");
    save(&model, "\"width\":6", "\"width\":8");
    check_refused("another shape");
    save(&model, "\"levels\":2", "\"levels\":6");
    check_refused("does not fit its tensors");
    save(&model, "\"levels\":2", "\"levels\":9");
    check_refused("levels");
    save(&model, "[8,9]", "[9,9]");
    ck_assert(neural_denoiser_load(&loaded, "model", &error)); /* convolutions take any size */
    neural_denoiser_free(&loaded);
    save(&model, "tesserae denoiser", "tesserae denoises");
    check_refused("model");
    neural_denoiser_free(&model);
}
END_TEST

START_TEST(schedules)
{
    for (int s = 0; noise_schedule_names[s]; s++) {
        double before = 2;
        for (int i = 0; i <= 20; i++) {
            double u = 0.999 * i / 20;
            struct noise_level level = noise_schedule_level((enum noise_schedule)s, u);
            double t = noise_level_time(level);
            ck_assert(t < before && t >= 0 && t <= 1);
            before = t;
            if (s != NOISE_FLOW)
                ck_assert(fabs(level.alpha * level.alpha + level.sigma * level.sigma - 1) < 1e-12);
            ck_assert(fabs(noise_schedule_at_time((enum noise_schedule)s, t) - u) < 1e-6);
        }
        ck_assert(noise_schedule_level((enum noise_schedule)s, 0).sigma == 0);
    }
    /* As DDPM's: after 1,000 steps of variances from 1e-4 to 0.02 next to nothing is left. */
    ck_assert(fabs(pow(noise_schedule_level(NOISE_LINEAR, 1).alpha, 2) - 4.3e-5) < 1e-6);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("denoising_network");
    TCase *cases = tcase_create("networks");
    tcase_add_checked_fixture(cases, scratch_enter, scratch_leave);
    tcase_add_test(cases, gradients);
    tcase_add_test(cases, choices);
    tcase_add_test(cases, scale);
    tcase_add_test(cases, guidance);
    tcase_add_test(cases, training_two_clusters);
    tcase_add_test(cases, files);
    tcase_add_test(cases, schedules);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
