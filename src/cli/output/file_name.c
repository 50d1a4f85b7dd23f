#include "cli/output/file_name.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/text/escape.h"

/* Bytes of the last part of a path that are used; each becomes three at most. */
enum { PART_MAXIMUM = 512, DECODED_MAXIMUM = PART_MAXIMUM * 3 };

/* The longest of file_name_extension(). */
enum { LONGEST_EXTENSION = 8 };

/* ------------------------------------------------------------------ the URL */

/* The part of the path after its last slash. */
static const char *last_part(const char *url, size_t *ret_length)
{
    const char *authority = strstr(url, "://");
    const char *at = authority ? authority + 3 : url;
    at += strspn(at, "/");
    at += strcspn(at, "/?#");
    const char *end = at + strcspn(at, "?#");
    const char *slash = memrchr(at, '/', (size_t)(end - at));
    const char *part = slash ? slash + 1 : end;
    *ret_length = (size_t)(end - part);
    return part;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t decode(const char *part, size_t length, char to[PART_MAXIMUM])
{
    size_t size = 0;
    for (size_t i = 0; i < length && size < PART_MAXIMUM; i++) {
        int high = -1, low = -1;
        if (part[i] == '%' && i + 2 < length) {
            high = digit_value(part[i + 1]);
            low = digit_value(part[i + 2]);
        }
        bool encoded = high >= 0 && low >= 0;
        to[size++] = encoded ? (char)(high << 4 | low) : part[i];
        i += encoded ? 2 : 0;
    }
    return size;
}

/* ------------------------------------------------------------------- safety */

static bool is_forbidden(const char *character, size_t size)
{
    if (size == 1)
        return (unsigned char)*character < 0x20 || *character == 0x7F ||
               strchr("/\\:*?\"<>|", *character);
    return text_is_control(character, size);
}

/* Replaces invalid characters by '_'; bytes that are not UTF-8 stay encoded. */
static void make_safe(const char *decoded, size_t length, char to[DECODED_MAXIMUM + 1])
{
    while (length > 0) {
        size_t size = utf8_character(decoded, length);
        if (size == 0)
            to += sprintf(to, "%%%02X", (unsigned char)*decoded);
        else if (is_forbidden(decoded, size))
            *to++ = '_';
        else
            to = mempcpy(to, decoded, size);
        size += size == 0;
        decoded += size;
        length -= size;
    }
    *to = '\0';
}

/* Replaces characters at the ends that shells, options or other systems interpret. */
static void mend_ends(char *name)
{
    if (strchr(".- ", name[0]))
        name[0] = '_';
    for (size_t length = strlen(name); length > 0 && strchr(". ", name[length - 1]); length--)
        name[length - 1] = '_';
}

/* True for the names of devices of Windows, with any extension. */
static bool is_device(const char *stem)
{
    static const char *const devices[] = {"con", "prn", "aux", "nul", "conin$", "conout$"};
    size_t length = strcspn(stem, ".");
    while (length > 0 && stem[length - 1] == ' ')
        length--;
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
        if (strlen(devices[i]) == length && strncasecmp(stem, devices[i], length) == 0)
            return true;
    if (strncasecmp(stem, "com", 3) != 0 && strncasecmp(stem, "lpt", 3) != 0)
        return false;
    /* Their number may be written as ¹, ² or ³ too. */
    static const char *const superscripts[] = {"\xC2\xB9", "\xC2\xB2", "\xC2\xB3"};
    for (size_t i = 0; length == 5 && i < 3; i++)
        if (memcmp(stem + 3, superscripts[i], 2) == 0)
            return true;
    return length == 4 && isdigit((unsigned char)stem[3]);
}

/* -------------------------------------------------------------------- parts */

/* The start of the extension of a name, or its end. "v1.2" has none. */
static const char *find_extension(const char *name)
{
    const char *end = name + strlen(name), *dot = strrchr(name, '.');
    if (!dot || dot == name || (size_t)(end - dot) >= sizeof((struct file_name *)0)->extension)
        return end;
    bool has_letter = false;
    for (const char *c = dot + 1; *c; c++) {
        if (!isalnum((unsigned char)*c))
            return end;
        has_letter |= isalpha((unsigned char)*c) != 0;
    }
    return has_letter ? dot : end;
}

struct file_name file_name_split(const char *name)
{
    struct file_name split = {0};
    const char *extension = find_extension(name);
    /* One byte less, for the '_' before a device. */
    size_t length = utf8_truncate(name, strlen(name), FILE_NAME_MAXIMUM - 1);
    if (length > (size_t)(extension - name))
        length = (size_t)(extension - name);
    memcpy(split.stem, name, length);
    strcpy(split.extension, extension);
    return split;
}

static struct file_name make_name(const char *text, size_t length)
{
    char name[DECODED_MAXIMUM + 1];
    make_safe(text, length, name);
    if (!name[0] || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        strcpy(name, "index");
    mend_ends(name);
    struct file_name result = file_name_split(name);
    if (is_device(result.stem)) {
        memmove(result.stem + 1, result.stem, strlen(result.stem) + 1);
        result.stem[0] = '_';
    }
    return result;
}

struct file_name file_name_of_url(const char *url)
{
    char decoded[PART_MAXIMUM];
    size_t length;
    const char *part = last_part(url, &length);
    return make_name(decoded, decode(part, length, decoded));
}

struct file_name file_name_of_text(const char *text)
{
    struct file_name name = make_name(text, utf8_truncate(text, strlen(text), PART_MAXIMUM));
    name.chosen = true;
    return name;
}

/* ------------------------------------------------------------------ writing */

/* Content types, and the extension that a body of each gets. */
static const char *const extensions[][2] = {
    {"application/gzip", ".gz"},
    {"application/javascript", ".js"},
    {"application/json", ".json"},
    {"application/ld+json", ".json"},
    {"application/msword", ".doc"},
    {"application/pdf", ".pdf"},
    {"application/rss+xml", ".xml"},
    {"application/atom+xml", ".xml"},
    {"application/x-gzip", ".gz"},
    {"application/x-ndjson", ".jsonl"},
    {"application/xhtml+xml", ".html"},
    {"application/xml", ".xml"},
    {"application/zip", ".zip"},
    {"audio/mpeg", ".mp3"},
    {"audio/ogg", ".ogg"},
    {"font/woff2", ".woff2"},
    {"image/avif", ".avif"},
    {"image/gif", ".gif"},
    {"image/jpeg", ".jpg"},
    {"image/png", ".png"},
    {"image/svg+xml", ".svg"},
    {"image/webp", ".webp"},
    {"image/x-icon", ".ico"},
    {"text/css", ".css"},
    {"text/csv", ".csv"},
    {"text/html", ".html"},
    {"text/javascript", ".js"},
    {"text/markdown", ".md"},
    {"text/plain", ".txt"},
    {"text/xml", ".xml"},
    {"video/mp4", ".mp4"},
    {"video/webm", ".webm"},
};

enum { EXTENSIONS = sizeof extensions / sizeof extensions[0] };

const char *file_name_extension(const char *content_type)
{
    size_t length = content_type ? strcspn(content_type, "; \t") : 0;
    for (size_t i = 0; length > 0 && i < EXTENSIONS; i++)
        if (strlen(extensions[i][0]) == length &&
            strncasecmp(extensions[i][0], content_type, length) == 0)
            return extensions[i][1];
    return "";
}

bool file_name_extension_is_known(const char *extension)
{
    for (size_t i = 0; i < EXTENSIONS; i++)
        if (strcasecmp(extensions[i][1], extension) == 0)
            return true;
    return false;
}

void file_name_write(const struct file_name *name, unsigned long number, const char *extension,
                     char to[FILE_NAME_MAXIMUM + 1])
{
    char digits[24] = "";
    if (number > 0)
        snprintf(digits, sizeof digits, ".%lu", number);
    size_t room = name->extension[0] ? strlen(name->extension) : LONGEST_EXTENSION;
    size_t most = FILE_NAME_MAXIMUM - strlen(digits) - room;
    size_t length = utf8_truncate(name->stem, strlen(name->stem), most);
    /* A truncated name must not end with a dot or a blank. */
    while (length < strlen(name->stem) && length > 1 && strchr(". ", name->stem[length - 1]))
        length--;
    snprintf(to, FILE_NAME_MAXIMUM + 1, "%.*s%s%s", (int)length, name->stem, digits, extension);
}
