# Prints one line of scripts/bench-web. Reads its runs, each "ROUND PROGRAM SUCCEEDED PROCESSOR WALL CONNECTIONS MEMORY".
# Its variables: title, count of the URLs, limit in seconds after which a program was stopped, and bounds, pairs of
# the name of a figure ("connections", or "cpu/peer" for a ratio) and the most it may be.

# median of value[1..count], which it sorts
function median(value, count,    i, j, kept) {
    for (i = 2; i <= count; i++) {
        kept = value[i]
        for (j = i - 1; j > 0 && value[j] > kept; j--)
            value[j + 1] = value[j]
        value[j + 1] = kept
    }
    return value[int((count + 1) / 2)]
}

# median_of PROGRAM COLUMN: over the rounds that it ran in
function median_of(program, column,    round, count, value) {
    for (round = 1; round <= rounds; round++)
        if ((round, program, column) in run)
            value[++count] = run[round, program, column]
    return median(value, count)
}

# ratio PROGRAM COLUMN: ours to that program's
function ratio(program, column,    round, count, value) {
    for (round = 1; round <= rounds; round++)
        if (run[round, program, column] > 0)
            value[++count] = run[round, "afetch", column] / run[round, program, column]
    return median(value, count)
}

function is_peer(program) {
    return program != "afetch" && program != "http1" && program != "bare"
}

function is_stopped(program) {
    return run[1, program, 5] >= limit
}

# Finds the peer with the lowest median of those that fetched everything; "" where none did.
function best_peer(column,    i, best) {
    for (i = 1; i <= programs; i++)
        if (is_peer(name[i]) && !is_stopped(name[i]) && fetched[name[i]] == count &&
            (best == "" || median_of(name[i], column) < median_of(best, column)))
            best = name[i]
    return best
}

function print_program(program) {
    if (is_stopped(program))
        printf "  %-48s stopped after %.0f s, %.1f s of processor time\n", program, median_of(program, 5),
            median_of(program, 4)
    else
        printf "  %-48s %7d %8.2f %8.2f %7d %7.0f%s\n", program, median_of(program, 3), median_of(program, 4),
            median_of(program, 5), median_of(program, 6), median_of(program, 7),
            fetched[program] < count ? "  not all" : ""
}

function print_ratios(to, program) {
    printf "  %-56s %8s %8s %7s %7s\n", "afetch to " to, text_of(program[4], 4), text_of(program[5], 5), "",
        text_of(program[7], 7)
}

function text_of(program, column) {
    return program == "" ? "" : sprintf("%.2f", ratio(program, column))
}

# Finds the figure of that name; "" where there is none.
function figure(of,    part, column) {
    if (of == "connections")
        return median_of("afetch", 6)
    split(of, part, "/")
    column = part[1] == "cpu" ? 4 : part[1] == "wall" ? 5 : 7
    part[2] = part[2] == "peer" ? peer[column] : part[2]
    return part[2] == "" ? "" : ratio(part[2], column)
}

function check(of, most,    value) {
    value = figure(of)
    if (value == "" || value <= most)
        return
    printf "  MISSED: %s is %.4g, and may be %.4g\n", of, value, most
    missed = 1
}

{
    if ($1 > rounds)
        rounds = $1
    if (!($2 in fetched)) {
        name[++programs] = $2
        fetched[$2] = $3
    }
    if ($3 < fetched[$2])
        fetched[$2] = $3
    for (column = 3; column <= NF; column++)
        run[$1, $2, column] = $column
}

END {
    printf "%-50s %7s %8s %8s %7s %7s\n", title, "ok", "cpu s", "wall s", "conn.", "MiB"
    for (i = 1; i <= programs; i++)
        print_program(name[i])
    for (column = 4; column <= 7; column++) {
        peer[column] = best_peer(column)
        bare[column] = "bare"
    }
    print_ratios("the best peer", peer)
    print_ratios("bare", bare)
    if (is_stopped("afetch") || fetched["afetch"] < count) {
        printf "  MISSED: %d of %d were fetched\n", fetched["afetch"], count
        missed = 1
    }
    words = split(bounds, bound, " ")
    for (i = 1; i < words; i += 2)
        check(bound[i], bound[i + 1])
    print ""
    exit missed
}
