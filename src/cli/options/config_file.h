/* A config file, as curl reads one: options, one a line. */
#ifndef CLI_OPTIONS_CONFIG_FILE_H
#define CLI_OPTIONS_CONFIG_FILE_H

/* Takes an option as it was written, with its dashes or without; VALUE is NULL where the line has
 * none. Both live as long as the text of the file. */
typedef int config_callback(const char *name, char *value, void *arg);

/* Reads PATH, "-" being standard input, and gives each line that has an option to SET. Returns 0
 * and the text, which the caller frees; -EINVAL with a text that names file and line, of a line or
 * of SET; the code of SET; a negated errno where the file cannot be read. */
int config_read(const char *path, config_callback *set, void *arg, char **ret_text);

/* The file that is read before the command line: 1 and its path, which the caller frees; 0 where
 * the environment names no place for it; -ENOMEM. */
int config_default_path(char **ret_path);

#endif
