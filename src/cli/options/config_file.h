/* Config files, in the syntax of curl: an option per line. */
#ifndef CLI_OPTIONS_CONFIG_FILE_H
#define CLI_OPTIONS_CONFIG_FILE_H

/* Applies an option, whose NAME may have dashes; VALUE may be NULL. Both live as long as the text
 * of the file. */
typedef int config_callback(const char *name, char *value, void *arg);

/* Reads PATH, or standard input if it is "-", and calls SET for each option. The caller frees
 * *ret_text. Errors: -EINVAL with a text that names file and line, other codes of SET, a negated
 * errno if the file cannot be read. */
int config_read(const char *path, config_callback *set, void *arg, char **ret_text);

/* Returns 1 and the path of the default config file, which the caller frees, or 0 if the
 * environment does not determine it. Errors: -ENOMEM. */
int config_default_path(char **ret_path);

#endif
