/*
 * A scratch directory as the working directory of a Check test, and small files in it.
 */
#ifndef TESSERAE_TESTS_SCRATCH_H
#define TESSERAE_TESTS_SCRATCH_H

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char scratch_folder[] = "/tmp/tesserae-unit.XXXXXX";

/* For tcase_add_checked_fixture. */
static inline void scratch_enter(void)
{
    if (!mkdtemp(scratch_folder) || chdir(scratch_folder) != 0)
        abort();
}

/* Removes the files of the scratch directory (there are no folders in it) and leaves it. */
static inline void scratch_leave(void)
{
    DIR *folder = opendir(".");
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        if (entry->d_name[0] != '.')
            unlink(entry->d_name);
    closedir(folder);
    if (chdir("/") != 0 || rmdir(scratch_folder) != 0)
        abort();
}

/* How many files there are. */
static inline int scratch_count(void)
{
    int count = 0;
    DIR *folder = opendir(".");
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static inline void scratch_write(const char *name, const char *text)
{
    FILE *file = fopen(name, "wb");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        abort();
}

/* Whether the file is there and holds exactly the text. */
static inline bool scratch_holds(const char *name, const char *text)
{
    char found[8192];
    FILE *file = fopen(name, "rb");
    if (!file)
        return false;
    size_t length = fread(found, 1, sizeof found - 1, file);
    fclose(file);
    found[length] = '\0';
    return strcmp(found, text) == 0;
}

#endif
