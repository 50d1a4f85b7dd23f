/* The time limits of a transfer that libcurl does not keep: that of a lookup, that of connecting
 * while libcurl has it wait for another's connection, and that of silence. Its timer stands for one
 * of them at a time. */
#ifndef HTTP_TIME_LIMITS_H
#define HTTP_TIME_LIMITS_H

struct transfer;

/* Makes the timer of a new transfer ready. */
void time_limits_init(struct transfer *transfer);

/* Its name is being looked up. -ENOMEM. */
int time_limits_lookup(struct transfer *transfer);

/* libcurl has it. So here and below, without memory for the timer there is no limit. */
void time_limits_connect(struct transfer *transfer);

/* Its request goes out. */
void time_limits_send(struct transfer *transfer);

#endif
