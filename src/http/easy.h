/* An easy handle with all that every request of a client shares set once, so that a request has
 * only its URL to set. */
#ifndef HTTP_EASY_H
#define HTTP_EASY_H

#include "http/easy_state.h"
#include "http/settings.h"
#include "http/sockets.h"

struct transfer;

/* -ENOMEM; -EINVAL with a text where libcurl refuses an option. The settings and the sockets are
 * borrowed. */
int easy_new(const struct settings *settings, struct sockets *sockets, struct easy **ret_easy);
void easy_free(struct easy *easy);

/* Sets what TRANSFER asks for. -ENOMEM. */
int easy_prepare(struct easy *easy, struct transfer *transfer);

#endif
