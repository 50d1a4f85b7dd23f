/* Who looks on as a run goes, and what they leave behind. */
#ifndef CLI_OBSERVE_OBSERVERS_H
#define CLI_OBSERVE_OBSERVERS_H

#include "cli/observe/progress.h"
#include "cli/observe/timeline.h"
#include "cli/observe/trace.h"
#include "cli/observe/watch.h"
#include "cli/options/options.h"

struct onlookers {
    struct watch watch; /* of those below that are wanted */
    struct progress progress;
    struct trace trace;
    struct timeline timeline;
};

/* Calls those that the options ask for; COLOR is for what they say. -EINVAL with a text where the
 * timeline's file has a wrong name. Another negative code where it could not be written, which has
 * been said then. */
int onlookers_call(struct onlookers *onlookers, const struct options *options, bool color);

/* NULL where there are none: then they cost nothing. */
struct watch *onlookers_watch(struct onlookers *onlookers);

/* Writes the timeline, if there is one. A negative code where it cannot, which has been said then.
 */
int onlookers_save(const struct onlookers *onlookers, const struct options *options);

/* Fine where they were never called. */
void onlookers_free(struct onlookers *onlookers);

#endif
