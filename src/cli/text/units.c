#include "cli/text/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *units_size(char text[static 16], double bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 999.5) {
        snprintf(text, 16, "%.0f B", bytes);
        return text;
    }
    size_t unit = 0;
    /* 999.95 would be written as 1000.0. */
    for (bytes /= 1000; bytes >= 999.95 && unit < 5; unit++)
        bytes /= 1000;
    snprintf(text, 16, "%.1f %s", bytes, units[unit]);
    return text;
}

const char *units_time(char text[static 16], double seconds)
{
    if (seconds < 0.9995)
        snprintf(text, 16, seconds < 0.009995 ? "%.2f ms" : "%.0f ms", seconds * 1e3);
    else
        snprintf(text, 16, "%.2f s", seconds);
    return text;
}

const char *units_count(char text[static 32], size_t count)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%zu", count);
    char *to = text;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
    return text;
}

const char *units_rate(char text[static 32], double rate)
{
    if (rate < 99.5) {
        snprintf(text, 32, rate < 9.95 ? "%.1f" : "%.0f", rate);
        return text;
    }
    /* Three significant digits. */
    double step = fmax(pow(10, floor(log10(rate)) - 2), 1);
    return units_count(text, (size_t)(round(rate / step) * step));
}

const char *units_bar(char text[static UNITS_BAR_SIZE], double share, int width)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int length = (int)(share * width * 8 + 0.5);
    char *to = text;
    for (int i = 0; i < length / 8; i++)
        to = stpcpy(to, "█");
    strcpy(to, eighths[length % 8]);
    return text;
}
