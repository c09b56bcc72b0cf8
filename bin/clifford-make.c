/* clifford-make: draws data for networks that are equivariant under the isometries of a metric. */
#include "base/options.h"
#include "base/output.h"
#include "base/report.h"
#include "io/summary.h"
#include "multivector/multivector_tasks.h"

#include <string.h>

struct settings {
    size_t count, block;
    size_t dimension, points, start_frame, end_frame; /* 0: as published */
    bool frames;
    bool hidden;
    uint64_t hidden_seed;
    const char *map_path;
    const char *metric_path;
};

enum { KEY_COUNT = 0x2000, KEY_BLOCK, KEY_POINTS, KEY_FROM, KEY_TO, KEY_HIDDEN, KEY_MAP,
       KEY_METRIC };

static const struct argp_option option_table[] = {
    {"count", KEY_COUNT, "N", 0, "Samples (default 1024)", 1},
    {"block", KEY_BLOCK, "N", 0, "Samples of a block of the stream (default 4096)", 1},
    {0, 0, 0, 0, "Tasks:", 2},
    {"dim", 'd', "D", 0, "Dimension, of signed-volume (default 3) and convex-hull (default 5)",
     0},
    {"points", KEY_POINTS, "N", 0, "Points of convex-hull (default 16), particles of nbody "
     "(default 5) and lorentz (default 5)", 0},
    {"from", KEY_FROM, "FRAME", 0, "The frame of nbody that is given (default 30)", 0},
    {"to", KEY_TO, "FRAME", 0, "The frame of nbody that is to be predicted (default 40)", 0},
    {0, 0, 0, 0, "Hidden metric:", 3},
    {"hidden-map", KEY_HIDDEN, "SEED", 0, "Show the vectors through a random linear map; the same "
     "SEED is the same map", 0},
    {"map", KEY_MAP, "FILE", 0, "Show the vectors through the matrix in FILE", 0},
    {"true-metric", KEY_METRIC, "FILE", 0, "Write the metric under which what is shown is "
     "invariant to FILE (NPY)", 0},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_COUNT: s->count = options_integer(state, "count", argument, 1, UINT32_MAX); return 0;
    case KEY_BLOCK: s->block = options_integer(state, "block", argument, 1, 1u << 24); return 0;
    case 'd':
        s->dimension = options_integer(state, "dim", argument, 2, MULTIVECTOR_MOST_DIMENSION);
        return 0;
    case KEY_POINTS: s->points = options_integer(state, "points", argument, 1, 1000); return 0;
    case KEY_FROM:
        s->start_frame = options_integer(state, "from", argument, 0, 10000);
        s->frames = true;
        return 0;
    case KEY_TO:
        s->end_frame = options_integer(state, "to", argument, 1, 10000);
        s->frames = true;
        return 0;
    case KEY_HIDDEN:
        s->hidden_seed = options_integer(state, "hidden-map", argument, 0, 1ull << 53);
        s->hidden = true;
        return 0;
    case KEY_MAP: s->map_path = argument; return 0;
    case KEY_METRIC: s->metric_path = argument; return 0;
    case ARGP_KEY_END:
        if (s->hidden && s->map_path)
            argp_error(state, "--hidden-map and --map exclude each other");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct program program = {
    .name = "clifford-make",
    .operands = "KIND",
    .summary = "Draw samples with scalars and vectors, and targets that depend on them by a "
               "metric, as a tensor stream of blocks of five records. KIND is signed-volume, "
               "convex-hull, o5-regression, nbody or lorentz.",
    .options = option_table,
    .parse = parse,
    .common = OPTION_OUTPUT | OPTION_SEED | OPTION_THREADS | OPTION_REPORT,
    .least_operands = 1,
    .most_operands = 1};

/* The task that is asked for; what a kind does not take is wrong usage. */
static struct multivector_task choose_task(const char *kind, const struct settings *s,
                                           uint64_t seed)
{
    struct error error = {0};
    int position = 0;
    while (multivector_task_names[position] && strcmp(multivector_task_names[position], kind) != 0)
        position++;
    if (!multivector_task_names[position])
        error_die(EX_USAGE, "unknown kind '%s'; expected signed-volume, convex-hull, "
                  "o5-regression, nbody or lorentz", kind);
    struct multivector_task task = multivector_task_make((enum multivector_task_kind)position);
    bool takes_dimension = task.kind == TASK_SIGNED_VOLUME || task.kind == TASK_CONVEX_HULL;
    bool takes_points = task.kind != TASK_SIGNED_VOLUME && task.kind != TASK_O5_REGRESSION;
    if ((s->dimension && !takes_dimension) || (s->points && !takes_points) ||
        (s->frames && task.kind != TASK_NBODY))
        error_die(EX_USAGE, "%s does not take %s", kind,
                  s->dimension && !takes_dimension ? "--dim"
                  : s->points && !takes_points     ? "--points"
                                                   : "--from and --to");
    if (s->dimension)
        task.dimension = s->dimension;
    task.points = s->points ? s->points
                  : task.kind == TASK_SIGNED_VOLUME ? task.dimension : task.points;
    if (s->frames) {
        task.start_frame = s->start_frame == SIZE_MAX ? task.start_frame : s->start_frame;
        task.end_frame = s->end_frame ? s->end_frame : task.end_frame;
    }
    task.seed = seed;
    if (!multivector_task_check(&task, &error))
        error_exit(&error);
    return task;
}

/* The map that vectors are seen through; the identity where nothing is hidden. */
static void choose_map(struct multivector_task *task, const struct settings *s,
                       struct hidden_map *map)
{
    struct error error = {0};
    real base[MULTIVECTOR_MOST_DIMENSION];
    size_t n = task->dimension;
    *map = (struct hidden_map){.dimension = n};
    multivector_task_metric(task, base);
    for (size_t i = 0; i < n; i++) {
        map->matrix[i * n + i] = 1;
        map->metric[i * n + i] = base[i];
    }
    if ((s->hidden && !hidden_map_draw(map, base, n, s->hidden_seed, &error)) ||
        (s->map_path && !hidden_map_read(map, s->map_path, base, n, &error)))
        error_exit(&error);
    task->map = s->hidden || s->map_path ? map : NULL;
}

static void write_metric(const struct hidden_map *map, const char *path)
{
    struct error error = {0};
    struct output output;
    struct array array = {.dtype = REAL_DTYPE, .dimensions = 2,
                          .shape = {map->dimension, map->dimension},
                          .data = (void *)(uintptr_t)map->metric};
    if (!output_open(&output, path, &error) || !npy_write(&output, &array, &error) ||
        !output_commit(&output, &error))
        error_exit(&error);
}

static void count_targets(const struct multivector_data *data, struct moments *moments)
{
    for (int part = PART_TARGET_SCALARS; part < SAMPLE_PARTS; part++) {
        size_t count = data->count * sample_width(&data->shape, (enum sample_part)part);
        for (size_t i = 0; i < count; i++) {
            double value = (double)data->parts[part][i];
            moments_add(moments, &value, 1);
        }
    }
}

/* Block after block, so that any number of samples passes through the memory of one. */
static void write_samples(const struct multivector_task *task, const struct settings *s,
                          const char *path, struct moments *moments)
{
    struct error error = {0};
    struct output output;
    struct sample_shape shape = multivector_task_shape(task);
    if (!output_open(&output, path, &error))
        error_exit(&error);
    for (size_t first = 0; first < s->count; first += s->block) {
        size_t count = s->count - first < s->block ? s->count - first : s->block;
        struct multivector_data data = multivector_data_make(&shape, count);
        if (!multivector_task_draw(task, (uint32_t)first, &data, &error) ||
            !multivector_data_write(&output, &data, &error))
            error_exit(&error);
        count_targets(&data, moments);
        multivector_data_free(&data);
    }
    if (!output_commit(&output, &error))
        error_exit(&error);
}

static void describe(struct report *report, const struct multivector_task *task,
                     const struct settings *s, const struct hidden_map *map,
                     const struct moments *moments)
{
    report_option_text(report, "kind", multivector_task_names[task->kind]);
    report_option_number(report, "count", (double)s->count);
    report_option_number(report, "block", (double)s->block);
    report_option_number(report, "dim", (double)task->dimension);
    report_option_number(report, "points", (double)task->points);
    if (task->kind == TASK_NBODY) {
        report_option_number(report, "from", (double)task->start_frame);
        report_option_number(report, "to", (double)task->end_frame);
    }
    if (s->hidden)
        report_option_number(report, "hidden_map", (double)s->hidden_seed);
    report_option_text(report, "map", s->map_path);
    report_metric(report, "samples", (double)s->count);
    report_metric(report, "target_mean", moments->mean);
    report_metric(report, "target_std", moments_deviation(moments));
    double metric[HIDDEN_MAP_MOST_DIMENSION * HIDDEN_MAP_MOST_DIMENSION];
    for (size_t i = 0; i < map->dimension * map->dimension; i++)
        metric[i] = (double)map->metric[i];
    report_metric_matrix(report, "true_metric", metric, map->dimension, map->dimension);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings settings = {.count = 1024, .block = 4096, .start_frame = SIZE_MAX};
    struct error error = {0};
    options_parse(&program, argc, argv, &common, &settings);
    const struct file_use files[] = {{"--map", settings.map_path, false},
                                     {"--true-metric", settings.metric_path, true}};
    options_check_files(&common, files, sizeof files / sizeof *files);
    struct report report;
    report_begin(&report, &common);
    struct multivector_task task =
        choose_task(options_operand(&common, 0), &settings, common.seed);
    struct hidden_map map;
    struct moments moments = {0};
    choose_map(&task, &settings, &map);
    if (settings.metric_path)
        write_metric(&map, settings.metric_path);
    write_samples(&task, &settings, common.output, &moments);
    describe(&report, &task, &settings, &map, &moments);
    if (!report_write(&report, common.report, &error))
        error_exit(&error);
    report_free(&report);
    return EX_OK;
}
