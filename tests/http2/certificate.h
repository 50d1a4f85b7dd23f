/* The server's own certificate, signed by itself, for 127.0.0.1, localhost and *.h2.test. */
#ifndef HTTP2_CERTIFICATE_H
#define HTTP2_CERTIFICATE_H

#include <openssl/types.h>

/* Makes one for CONTEXT, and writes it to PATH where that is not NULL. Ends the program where it
 * cannot. */
void certificate_make(SSL_CTX *context, const char *path);

#endif
