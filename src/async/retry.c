#include <sys/random.h>

#include <afetch/retry.h>

#include "base/clock.h"

/* Returns a random number, uniformly distributed above 0 and at most 1. It calls the system each
 * time, since back-offs are rare: there is no generator to seed and to keep. */
static double random_share(void)
{
    uint64_t bits;
    if (getrandom(&bits, sizeof bits, 0) != sizeof bits)
        bits = (uint64_t)clock_realtime() * 0x9e3779b97f4a7c15;
    return ldexp((double)((bits >> 11) + 1), -53);
}

double af_backoff(double delay, double max_delay, unsigned attempts)
{
    int doublings = attempts < 1024 ? (int)attempts - 1 : 1024;
    return random_share() * fmin(ldexp(delay, doublings > 0 ? doublings : 0), max_delay);
}

static bool should_retry(const af_retry_options *options, int code, unsigned attempts,
                         double *delay)
{
    return !options->should_retry || options->should_retry(code, attempts, delay, options->arg);
}

int af_retry(const af_retry_options *options, af_coroutine *coroutine, void *arg, void **ret_result)
{
    for (unsigned attempts = 1;; attempts++) {
        void *result = NULL;
        int r = coroutine(arg, &result);
        if (r >= 0 && ret_result)
            *ret_result = result;
        if (r >= 0 || r == AF_CANCELLED || attempts > options->retries)
            return r;

        af_error error = af_error_ref(af_raised(r));
        double delay = af_backoff(options->delay, options->max_delay, attempts);
        bool again = should_retry(options, r, attempts, &delay);
        if (!again)
            af_raise_error(error);
        af_error_unref(error);
        if (!again)
            return r;
        r = options->wait ? options->wait(delay, options->arg) : af_sleep(delay);
        if (r < 0)
            return r;
    }
}
