/* A pump: one CURLM on the loop, with its timer and its sockets. libcurl runs
 * only within a pump, on the thread's stack, while the loop polls. */
#ifndef HTTP_PUMP_H
#define HTTP_PUMP_H

#include <curl/curl.h>
#include <stdint.h>

#include "async/loop.h"
#include "http/sockets.h"

struct pump;

/* A transfer has ended: its easy handle is out of the pump already. */
typedef void pump_done(CURL *easy, CURLcode result, void *arg);

/* DONE is called with ARG. The sockets are borrowed. -ENOMEM. */
int pump_new(af_loop *loop, struct sockets *sockets, pump_done *done, void *arg,
             struct pump **ret_pump);

/* NULL is fine. No transfer may be in it. */
void pump_free(struct pump *pump);

/* Begins a transfer. From then on at most IDLE connections are kept for which there is no transfer.
 * -ENOMEM. */
int pump_add(struct pump *pump, CURL *easy, size_t idle);

/* Returns the number of the present call of libcurl, or of the last one. */
uint64_t pump_turn(const struct pump *pump);

/* Takes a transfer out, at any stage. */
void pump_remove(struct pump *pump, CURL *easy);

#endif
