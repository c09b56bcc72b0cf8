#include "pathway/job_list.h"

#include "base/memory.h"
#include "pathway/leaf_batch.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

const char *const job_format_names[] = {"lines", "make", "slurm", NULL};

/* Text in single quotes for a shell; in a recipe of make, $ is doubled. */
static void write_quoted(const char *text, bool make, FILE *file)
{
    fputc('\'', file);
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", file);
        else if (*text == '$' && make)
            fputs("$$", file);
        else
            fputc(*text, file);
    }
    fputc('\'', file);
}

/* FOLDER/WHAT-0007.END, quoted. */
static void write_path(const char *folder, const char *what, const char *number, const char *end,
                       bool make, FILE *file)
{
    char *path = memory_format("%s/%s-", folder, what);
    write_quoted(path, make, file);
    fprintf(file, "%s%s", number, end);
    free(path);
}

/* The command that trains a leaf; its number is given as text, which may be a variable's name. */
static void write_command(const struct job_list *list, const char *folder, const char *start,
                          const char *number, FILE *file)
{
    bool make = list->format == JOBS_MAKE;
    fputs("pathway-fit --quiet --cell ", file);
    write_path(folder, "cell", number, ".csv", make, file);
    if (start) {
        fputs(" --init ", file);
        write_quoted(start, make, file);
    }
    if (list->jobs->seed != 0)
        fprintf(file, " --seed %llu", (unsigned long long)list->jobs->seed);
    fprintf(file, "%s -o ", list->options);
    write_path(folder, "leaf", number, ".safetensors", make, file);
    fputc('\n', file);
}

/* Which leaves (cells.count) are done; free() it. Counts the others. */
static bool *look_at_leaves(struct job_list *list)
{
    size_t count = list->jobs->cells.count;
    bool *done = memory_alloc(count, sizeof *done);
    for (size_t leaf = 0; leaf < count; leaf++) {
        char *why;
        done[leaf] = leaf_job_state(list->jobs, leaf, NULL, &why) == LEAF_DONE;
        list->unfinished += !done[leaf];
        free(why);
    }
    return done;
}

/*
 * Leaves that are done have a line, too, that does nothing: logs of jobs that go by the number of a
 * line, as those of GNU parallel, then stay right when the list is made again.
 */
static void write_lines(const struct job_list *list, const char *folder, const char *start,
                        const uint32_t *leaves, const bool *done, FILE *file)
{
    for (size_t i = 0; list->unfinished > 0 && i < list->jobs->cells.count; i++) {
        char number[16];
        snprintf(number, sizeof number, "%04u", (unsigned)leaves[i]);
        if (done[leaves[i]])
            fprintf(file, ": leaf-%s is done\n", number);
        else
            write_command(list, folder, start, number, file);
    }
}

/* Moves the leaves that are not done to the front. */
static void drop_done(uint32_t *leaves, const bool *done, size_t count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++)
        if (!done[leaves[i]])
            leaves[left++] = leaves[i];
}

/* Targets are names of jobs and not of files: a leaf that is there may be stale. */
static void write_makefile(const struct job_list *list, const char *folder, const char *start,
                           const uint32_t *leaves, FILE *file)
{
    fputs("# Run by: make -k -j JOBS -f THIS\njobs =", file);
    for (size_t i = 0; i < list->unfinished; i++)
        fprintf(file, " leaf-%04u", (unsigned)leaves[i]);
    fputs("\nall: $(jobs)\n.PHONY: all $(jobs)\n", file);
    for (size_t i = 0; i < list->unfinished; i++) {
        char number[16];
        snprintf(number, sizeof number, "%04u", (unsigned)leaves[i]);
        fprintf(file, "leaf-%s:\n\t", number);
        write_command(list, folder, start, number, file);
    }
}

/*
 * Task t of T takes every T-th leaf of the list from the t-th on, so that all get some long ones.
 */
static void write_slurm(const struct job_list *list, const char *folder, const char *start,
                        const uint32_t *leaves, FILE *file)
{
    size_t tasks = (list->unfinished + list->chunk - 1) / list->chunk;
    fprintf(file, "#!/bin/sh\n"
                  "#SBATCH --job-name=pathway-fit\n"
                  "#SBATCH --array=0-%zu\n"
                  "#SBATCH --cpus-per-task=1\n"
                  "#SBATCH --requeue\n"
                  "# %zu leaves, those with most rows first; a task takes every %zu-th of them.\n"
                  "# Submit it again for what is left when some tasks have failed.\n"
                  "failed=0\n"
                  "for leaf in $(awk -v task=\"${SLURM_ARRAY_TASK_ID:?}\" "
                  "'NR %% %zu == (task + 1) %% %zu' << 'LEAVES'\n",
            tasks > 0 ? tasks - 1 : 0, list->unfinished, tasks, tasks, tasks);
    for (size_t i = 0; i < list->unfinished; i++)
        fprintf(file, "%04u\n", (unsigned)leaves[i]);
    fputs("LEAVES\n); do\n    ", file);
    char *command;
    size_t length;
    FILE *memory = memory_stream_open(&command, &length);
    write_command(list, folder, start, "\"$leaf\"", memory);
    memory_stream_close(memory, &command);
    command[length - 1] = '\0'; /* its end of line */
    fprintf(file, "%s || failed=1\ndone\nexit \"$failed\"\n", command);
    free(command);
}

bool job_list_write(struct job_list *list, FILE *file, struct error *error)
{
    const struct leaf_jobs *jobs = list->jobs;
    char folder[PATH_MAX], init[PATH_MAX];
    if (!realpath(jobs->folder, folder) || (list->init && !realpath(list->init, init)))
        return error_set_errno(error, EX_NOINPUT, "%s: cannot tell where it is", jobs->folder);
    char *own = model_folder_seed(folder);
    const char *start = !jobs->has_start ? NULL : list->init ? init : own;
    uint32_t *leaves = leaves_by_work(&jobs->cells);
    bool *done = look_at_leaves(list);
    if (list->format != JOBS_LINES)
        drop_done(leaves, done, jobs->cells.count);
    switch (list->format) {
    case JOBS_LINES: write_lines(list, folder, start, leaves, done, file); break;
    case JOBS_MAKE: write_makefile(list, folder, start, leaves, file); break;
    case JOBS_SLURM: write_slurm(list, folder, start, leaves, file); break;
    }
    free(leaves);
    free(done);
    free(own);
    return true;
}
