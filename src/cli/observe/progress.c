#include "cli/observe/progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/console/status_line.h"
#include "cli/console/terminal.h"
#include "cli/text/units.h"

static const double PERIOD = 0.1; /* seconds between two drawings */
static const double MEMORY = 3;   /* half-life of the average, in seconds */

/* Bytes from which on the size is shown. */
static const double WORTH_TELLING = 1e6;

enum { BAR_WIDTH = 24, PIECE_MAXIMUM = 128, SECONDS_SHOWN = 359999 };

/* A part of the line. In a narrow terminal those of the highest rank are dropped first. */
struct piece {
    int rank;
    size_t columns;
    char text[PIECE_MAXIMUM];
};

/* ------------------------------------------------------------------ pieces */

/* Sets a piece of text; COLOR may be NULL. */
static void set_piece(struct piece *piece, int rank, const char *color, const char *text)
{
    piece->rank = rank;
    piece->columns = strlen(text);
    snprintf(piece->text, sizeof piece->text, "%s%s%s", color ? color : "", text,
             color ? COLOR_NONE : "");
}

/* Sets a bar, in halves of a column. */
static void set_bar(struct piece *piece, int rank, double share, bool color)
{
    int halves = (int)(share * BAR_WIDTH * 2);
    char *to = piece->text;
    piece->rank = rank;
    piece->columns = BAR_WIDTH;
    to = stpcpy(to, color ? COLOR_GREEN : "");
    for (int i = 0; i < halves / 2; i++)
        to = stpcpy(to, "━");
    if (halves % 2)
        to = stpcpy(to, "╸");
    to = stpcpy(to, color ? COLOR_NONE COLOR_FAINT : "");
    for (int i = (halves + 1) / 2; i < BAR_WIDTH; i++)
        to = stpcpy(to, color ? "━" : "╌");
    stpcpy(to, color ? COLOR_NONE : "");
}

/* Rounds an estimate to two digits. */
static size_t round_total(const struct outlook *outlook)
{
    double step = outlook->exact ? 1 : pow(10, fmax(floor(log10(outlook->total)) - 1, 0));
    return (size_t)(round(outlook->total / step) * step);
}

static void set_done(struct piece *piece, int rank, size_t done, const struct outlook *outlook)
{
    char text[80], many[32], all[32];
    units_count(many, done);
    if (outlook->total > 0)
        snprintf(text, sizeof text, "%s of %s%s done", many, outlook->exact ? "" : "about ",
                 units_count(all, round_total(outlook)));
    else
        snprintf(text, sizeof text, "%s done", many);
    set_piece(piece, rank, NULL, text);
}

static void set_count(struct piece *piece, int rank, size_t count, const char *what,
                      const char *color)
{
    char text[48], number[32];
    snprintf(text, sizeof text, "%s %s", units_count(number, count), what);
    set_piece(piece, rank, color, text);
}

static void set_left(struct piece *piece, int rank, double seconds)
{
    char text[48];
    long left = (long)ceil(fmin(seconds, SECONDS_SHOWN));
    if (left < 3600)
        snprintf(text, sizeof text, "%ld:%02ld left", left / 60, left % 60);
    else
        snprintf(text, sizeof text, "%ld:%02ld:%02ld left", left / 3600, left / 60 % 60, left % 60);
    set_piece(piece, rank, NULL, text);
}

/* ---------------------------------------------------------------- the line */

static size_t columns_of(const struct piece *pieces, size_t count)
{
    size_t columns = 0;
    for (size_t i = 0; i < count; i++)
        columns += pieces[i].columns + (i > 0 ? 2 : 1);
    return columns;
}

static size_t drop_least(struct piece *pieces, size_t count)
{
    size_t least = 0;
    for (size_t i = 1; i < count; i++)
        if (pieces[i].rank > pieces[least].rank)
            least = i;
    memmove(&pieces[least], &pieces[least + 1], (count - least - 1) * sizeof *pieces);
    return count - 1;
}

/* Joins the pieces after a blank, on which the cursor is. */
static size_t join(const struct piece *pieces, size_t count, char *to, size_t size)
{
    size_t length = 0;
    to[0] = '\0';
    for (size_t i = 0; i < count && length < size; i++)
        length += (size_t)snprintf(to + length, size - length, "%s%s", i > 0 ? "  " : " ",
                                   pieces[i].text);
    return length < size ? length : size - 1;
}

static size_t set_share(struct piece *pieces, const struct progress *progress, double total)
{
    double share = fmin((double)progress->done / total, 1);
    char percent[8];
    snprintf(percent, sizeof percent, "%3d%%", (int)(share * 100));
    set_bar(&pieces[0], 7, share, progress->color);
    set_piece(&pieces[1], 4, NULL, percent);
    return 2;
}

size_t progress_write(const struct progress *progress, const struct outlook *outlook, size_t width,
                      char *to, size_t size)
{
    struct piece pieces[8];
    size_t count = 0;
    char text[48], number[32];
    if (outlook->total > 0)
        count += set_share(pieces, progress, outlook->total);
    set_done(&pieces[count++], 0, progress->done, outlook);
    set_count(&pieces[count++], 5, progress->running, "running",
              progress->color ? COLOR_CYAN : NULL);
    set_count(&pieces[count++], 1, progress->failed, "failed",
              progress->color && progress->failed > 0 ? COLOR_RED : NULL);
    if (outlook->bytes >= WORTH_TELLING)
        set_piece(&pieces[count++], 6, NULL, units_size(text, outlook->bytes));
    double left = outlook->total - (double)progress->done;
    if (outlook->rate > 0) {
        snprintf(text, sizeof text, "%s/s", units_rate(number, outlook->rate));
        set_piece(&pieces[count++], 3, NULL, text);
    }
    if (outlook->rate > 0 && left > 0)
        set_left(&pieces[count++], 2, left / outlook->rate);
    /* A full line would already wrap in some terminals. */
    while (count > 0 && columns_of(pieces, count) >= width)
        count = drop_least(pieces, count);
    return join(pieces, count, to, size);
}

/* ---------------------------------------------------------------- the task */

/* Updates the moving average. Returns it corrected for its start at 0. */
static double update_pace(struct progress *progress, double now)
{
    double passed = now - progress->looked;
    double remaining = exp2(-passed / MEMORY);
    if (passed > 0) {
        double pace = (double)(progress->done - progress->done_then) / passed;
        progress->pace = progress->pace * remaining + pace * (1 - remaining);
    }
    progress->looked = now;
    progress->done_then = progress->done;
    double weight = 1 - exp2(-(now - progress->began) / MEMORY);
    return weight > 0 ? progress->pace / weight : 0;
}

/* Estimates the total from the part of the list that was read, unless it is known. */
static double estimate_total(const struct progress *progress, bool *ret_exact)
{
    double fraction = source_fraction_read(progress->filter->source);
    double count = (double)progress->filter->count;
    bool counted = !isnan(fraction) && !isnan(progress->total);
    *ret_exact = fraction >= 1 || counted;
    if (fraction >= 1)
        return count;
    if (counted)
        return fmax(progress->total, count);
    return fraction > 0 ? count / fraction : NAN;
}

static void draw(struct progress *progress)
{
    char text[1024];
    bool exact;
    double total = estimate_total(progress, &exact);
    struct outlook outlook = {
        .total = total,
        .exact = exact,
        .rate = update_pace(progress, af_loop_time(af_running_loop())),
        .bytes = (double)af_client_received(progress->client),
    };
    size_t width = terminal_width(STDERR_FILENO);
    status_line_show(text, progress_write(progress, &outlook, width, text, sizeof text));
}

/* async def draw(): while True: await sleep(PERIOD); draw() */
static int draw_on_and_on(void *arg, void **ret_result)
{
    (void)ret_result;
    int r;
    while ((r = af_sleep(PERIOD)) >= 0)
        draw(arg);
    return r;
}

/* Counts what is to be fetched, if the list is small and the filter leaves out no entries but those
 * that are known. */
static int count_entries(const struct filter *filter, double *ret_total)
{
    *ret_total = NAN;
    if (filter->options->dedupe || filter->options->shard.count > 0)
        return 0;
    double known = filter->known ? (double)filter->known->count : 0;
    int r = source_count(filter->source, ret_total);
    *ret_total -= known;
    return r;
}

int progress_begin(struct progress *progress, const struct filter *filter, const af_client *client)
{
    double now = af_loop_time(af_running_loop());
    *progress = (struct progress){
        .color = progress->color, .filter = filter, .client = client, .began = now, .looked = now};
    int r = count_entries(filter, &progress->total);
    if (r >= 0)
        r = af_task_set_new(&progress->background);
    return r < 0 ? r
                 : af_task_set_create_task(progress->background, draw_on_and_on, progress, NULL);
}

void progress_end(struct progress *progress)
{
    if (!progress->background)
        return;
    af_task_set_cancel(progress->background);
    while (af_task_set_join(progress->background) == AF_CANCELLED)
        ;
    af_task_set_free(progress->background);
    progress->background = NULL;
    status_line_clear();
}
