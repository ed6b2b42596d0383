/* bench.c - see bench.h: clock, histogram, options, payload. */
#include "bench.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <time.h>

uint64_t now_ns(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * NS_PER_S + (uint64_t)time.tv_nsec;
}

void sleep_until_ns(uint64_t at_ns)
{
    struct timespec time = {(time_t)(at_ns / NS_PER_S), (long)(at_ns % NS_PER_S)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR)
        continue;
}

void sleep_ms(uint64_t ms)
{
    sleep_until_ns(now_ns() + ms * NS_PER_MS);
}

/* ---- histogram ---- */

static size_t cell_of(uint64_t ns)
{
    if (ns < (1U << HISTOGRAM_BITS))
        return (size_t)ns;
    unsigned shift = 63U - (unsigned)__builtin_clzll(ns) - HISTOGRAM_BITS;
    return ((size_t)(shift + 1) << HISTOGRAM_BITS) +
           (size_t)((ns >> shift) & ((1U << HISTOGRAM_BITS) - 1));
}

static double value_of(size_t cell)
{
    if (cell < (1U << HISTOGRAM_BITS))
        return (double)cell;
    uint64_t mantissa = (1U << HISTOGRAM_BITS) + (cell & ((1U << HISTOGRAM_BITS) - 1));
    return (double)(mantissa << ((cell >> HISTOGRAM_BITS) - 1));
}

void histogram_add(struct histogram *histogram, uint64_t ns)
{
    histogram->cells[cell_of(ns)]++;
    histogram->count++;
    if (ns > histogram->max)
        histogram->max = ns;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    for (size_t i = 0; i < HISTOGRAM_CELLS; i++)
        into->cells[i] += from->cells[i];
    into->count += from->count;
    if (from->max > into->max)
        into->max = from->max;
}

double histogram_us(const struct histogram *histogram, double quantile)
{
    uint64_t wanted = (uint64_t)(quantile * (double)histogram->count), seen = 0;
    if (histogram->count == 0)
        return 0;
    if (wanted >= histogram->count)
        wanted = histogram->count - 1;
    for (size_t i = 0; i < HISTOGRAM_CELLS; i++) {
        seen += histogram->cells[i];
        if (seen > wanted)
            return value_of(i) / 1e3;
    }
    return (double)histogram->max / 1e3;
}

void histogram_print(const struct histogram *histogram)
{
    (void)printf("p50_us=%.0f p99_us=%.0f max_us=%.0f ", histogram_us(histogram, .5),
                 histogram_us(histogram, .99), (double)histogram->max / 1e3);
}

/* ---- options ---- */

struct options options = {
    .host = "127.0.0.1",
    .key = "bench",
    .queue_type = "stream",
    .directory = ".",
    .publishers = 1,
    .window = 1000,
    .subscribers = 50,
    .batch = 1,
    .qos = 1,
    .rate = 2000,
    .seconds = 2,
};

static long number(const char *text)
{
    char *end = NULL;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < 0)
        bench_die("%s: a number is needed", text);
    return value;
}

static void take_option(int letter, const char *text)
{
    switch (letter) {
    case 'P':
        options.port = (int)number(text);
        break;
    case 'p':
        options.publishers = (int)number(text);
        break;
    case 'w':
        options.window = (int)number(text);
        break;
    case 's':
        options.subscribers = (int)number(text);
        break;
    case 'b':
        options.batch = (int)number(text);
        break;
    case 'q':
        options.qos = (int)number(text);
        break;
    case 'n':
        options.count = number(text);
        break;
    case 'r':
        options.rate = number(text);
        break;
    case 't':
        options.seconds = strtod(text, NULL);
        break;
    case 'k':
        options.key = text;
        break;
    case 'y':
        options.queue_type = text;
        break;
    case 'd':
        options.directory = text;
        break;
    default:
        exit(2);
    }
}

void options_parse(int argc, char **argv)
{
    int letter;
    if (argc < 2)
        bench_die("usage: %s COMMAND [-P port] [-k key] [-p publishers] [-w in_flight] "
                  "[-t seconds] [-n count] [-s subscribers] [-r rate] [-b batch] [-q qos] "
                  "[-y queue_type] [-d directory]",
                  argv[0]);
    options.command = argv[1];
    optind = 2;
    while ((letter = getopt(argc, argv, "P:k:p:w:t:n:s:r:b:q:y:d:")) != -1)
        take_option(letter, optarg);
    (void)signal(SIGPIPE, SIG_IGN);
}

bool is_command(const char *name)
{
    return strcmp(options.command, name) == 0;
}

/* ---- payload ---- */

static struct {
    uint8_t *bytes;
    struct {
        size_t at, size;
    } * messages;
    size_t count;
} file;

static size_t read_whole(const char *path)
{
    FILE *stream = fopen(path, "rb");
    if (!stream || fseek(stream, 0, SEEK_END) != 0)
        bench_die("cannot read the payload file %s (BENCH_PAYLOAD)", path);
    long size = ftell(stream);
    if (size <= 0 || fseek(stream, 0, SEEK_SET) != 0)
        bench_die("empty payload file %s", path);
    file.bytes = malloc((size_t)size);
    if (!file.bytes || fread(file.bytes, 1, (size_t)size, stream) != (size_t)size)
        bench_die("short payload file %s", path);
    (void)fclose(stream);
    return (size_t)size;
}

void payload_load(void)
{
    const char *path = getenv("BENCH_PAYLOAD");
    size_t size = read_whole(path ? path : "payload.bin");
    file.messages = calloc(size / 13 + 1, sizeof(*file.messages));
    if (!file.messages)
        abort();
    for (size_t at = 0; at + 4 <= size;) {
        uint32_t length;
        memcpy(&length, file.bytes + at, sizeof(length));
        if (length < 9 || length > PAYLOAD_MAX || at + 4 + length > size)
            bench_die("bad payload file");
        file.messages[file.count].at = at + 4;
        file.messages[file.count++].size = length;
        at += 4 + length;
    }
}

const uint8_t *payload(size_t index, size_t *size)
{
    index %= file.count;
    *size = file.messages[index].size;
    return file.bytes + file.messages[index].at;
}

size_t payload_stamped(size_t index, uint64_t stamp_ns, uint8_t *out)
{
    size_t size;
    const uint8_t *data = payload(index, &size);
    memcpy(out, data, size);
    memcpy(out + 1, &stamp_ns, sizeof(stamp_ns));
    return size;
}

uint64_t payload_stamp(const void *data)
{
    uint64_t stamp_ns;
    memcpy(&stamp_ns, (const uint8_t *)data + 1, sizeof(stamp_ns));
    return stamp_ns;
}
