/*
 * A folder of files that is complete or not there: it is filled under another name beside its final
 * place and renamed when it is committed. Whatever ends the program before that (an error, a
 * signal) removes it. Only plain files may be in it, and one such folder may be open at a time.
 */
#ifndef TESSERAE_BASE_FOLDER_H
#define TESSERAE_BASE_FOLDER_H

#include "base/error.h"

#include <stdbool.h>

struct folder {
    char *name;       /* the final one */
    char *unfinished; /* where its files are for now */
};

/*
 * Makes the unfinished folder. path must be new or an empty folder (EX_CANTCREAT otherwise, also
 * when it cannot be created).
 */
bool folder_begin(struct folder *folder, const char *path, struct error *error);

/* The path of a file in the unfinished folder; free() it. */
char *folder_file(const struct folder *folder, const char *file);

/* Gives the folder its final name, and frees the struct. On failure the folder is removed. */
bool folder_commit(struct folder *folder, struct error *error);

/* Removes the folder with its files, and frees the struct; of {0} does nothing. */
void folder_discard(struct folder *folder);

/* Removes the folder that is open, if there is one; safe in a signal handler. */
void folder_remove_unfinished(void);

#endif
