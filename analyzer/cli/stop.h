/* stop.h - ending by a signal, without leaving anything behind. */
#ifndef HP_CLI_STOP_H
#define HP_CLI_STOP_H

#include <stdbool.h>

/* From now on signals that end the process first undo what was begun. */
void hp_stop_prepare(void);
/* What to undo: clear the line on standard error... */
void hp_stop_line(bool shown);
/* ...and remove file @path, which stays until another is named; NULL: none. */
void hp_stop_file(const char *path);
/* ...and a folder with its files, NULL at the end, whether they are there yet or not. */
void hp_stop_folder(const char *path, char *const *files);

#endif
