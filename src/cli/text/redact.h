/* Passwords in URLs, which must not be seen. */
#ifndef CLI_TEXT_REDACT_H
#define CLI_TEXT_REDACT_H

#include <stdbool.h>

bool url_has_password(const char *url);

/* 1 and a copy of URL with *** in place of its password, which the caller frees; 0 where it has
 * none, which costs no memory; -ENOMEM. The URL may lack its scheme. */
int url_without_password(const char *url, char **ret_url);

/* The same for what has URLs in it: <http://...>, or one up to its end. */
int text_without_passwords(const char *text, char **ret_text);

/* The part of URL behind the name and the password, or behind http:// where there is neither:
 * enough to know it by. */
const char *url_behind_login(const char *url);

#endif
