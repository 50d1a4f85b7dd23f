/* Hides passwords in URLs. */
#ifndef CLI_TEXT_REDACT_H
#define CLI_TEXT_REDACT_H

#include <stdbool.h>

bool url_has_password(const char *url);

/* Returns 1 and a copy of URL with *** instead of its password, which the caller frees; or 0 if it
 * has none. The URL may lack its scheme. Errors: -ENOMEM. */
int url_without_password(const char *url, char **ret_url);

/* The same for text that contains URLs: <http://...>, or one up to the end. */
int text_without_passwords(const char *text, char **ret_text);

/* The part of URL after the credentials, or after http:// without any, to identify it briefly. */
const char *url_behind_login(const char *url);

#endif
