/* assets.c - see assets.h. */
#include "display/assets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

struct assets {
    struct asset rows[ASSETS_MAX];
    size_t count, size_bytes;
};

static const struct {
    const char *end, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json; charset=utf-8"},
    {".geojson", "application/geo+json; charset=utf-8"},
    {".svg", "image/svg+xml; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
};

static const char *type_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < ARRAY_LENGTH(types); i++)
        if (strcmp(dot, types[i].end) == 0)
            return types[i].type;
    return NULL;
}

static void close_directory(DIR *directory)
{
    (void)closedir(directory);
}
DEFINE_CLEANUP(DIR *, close_directory)

static void close_file(FILE *file)
{
    (void)fclose(file);
}
DEFINE_CLEANUP(FILE *, close_file)

static enum err refuse(enum err err, const char *path, const char *text, struct problem *problem)
{
    problem_set(problem, "the pages, %s: %s", path, text);
    problem_remedy(problem, "install the pages anew");
    return err;
}

/* A regular file, whole, into memory of its own. ERR_NOT_FOUND: there is none of that name. */
static enum err read_file(int directory, const char *name, struct assets *assets, struct bytes *out)
{
    struct stat status;
    int descriptor = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    CLEANUP(close_file) FILE *file = descriptor >= 0 ? fdopen(descriptor, "rb") : NULL;
    if (!file) {
        bool is_none = errno == ENOENT || errno == ELOOP;
        if (descriptor >= 0)
            (void)close(descriptor);
        return is_none ? ERR_NOT_FOUND : ERR_IO;
    }
    if (fstat(descriptor, &status) != 0)
        return ERR_IO;
    if (!S_ISREG(status.st_mode))
        return ERR_NOT_FOUND;
    size_t size = (size_t)status.st_size;
    if (size > ASSET_SIZE_MAX || size > ASSETS_SIZE_MAX - assets->size_bytes)
        return ERR_LIMIT;
    uint8_t *data = malloc(size + 1);
    if (!data)
        abort();
    if (fread(data, 1, size, file) != size) {
        free(data);
        return ERR_IO;
    }
    assets->size_bytes += size;
    *out = bytes_of(data, size);
    return OK;
}

static void tag_of(struct bytes body, char out[ASSET_TAG_SIZE])
{
    char text[2 * HASH_SIZE + 1];
    struct hash hash = hash_of(body);
    hex_text(hash_bytes(&hash), text, sizeof(text));
    (void)snprintf(out, ASSET_TAG_SIZE, "\"%.32s\"", text);
}

static enum err add_file(struct assets *assets, int directory, const char *path,
                         struct problem *problem)
{
    char gzip_name[NAME_MAX + 1];
    const char *name = strrchr(path, '/') + 1;
    struct asset asset = {.type = type_of(name)};
    if (!asset.type)
        return OK;
    if (assets->count == ASSETS_MAX)
        return refuse(ERR_LIMIT, path, "too many files", problem);
    enum err err = read_file(directory, name, assets, &asset.body);
    if (err == ERR_NOT_FOUND)
        return OK;
    if (err != OK)
        return refuse(err, path, err == ERR_LIMIT ? "too large" : "cannot be read", problem);
    if (snprintf(gzip_name, sizeof(gzip_name), "%s.gz", name) < (int)sizeof(gzip_name))
        err = read_file(directory, gzip_name, assets, &asset.gzip);
    bytes_to_text(bytes_of_text(path), asset.path, sizeof(asset.path));
    tag_of(asset.body, asset.tag);
    tag_of(asset.gzip, asset.gzip_tag);
    asset.is_immutable = strncmp(path, "/vendor/", 8) == 0 || strncmp(path, "/fonts/", 7) == 0;
    assets->rows[assets->count++] = asset;
    if (err != OK && err != ERR_NOT_FOUND)
        return refuse(err, path, "its .gz cannot be read", problem);
    return OK;
}

/* NOLINTBEGIN(misc-no-recursion): as deep as ASSETS_DEPTH_MAX. */
static enum err add_directory(struct assets *assets, int parent, const char *name, const char *path,
                              struct problem *problem);

/* What is neither file nor directory is not opened: a pipe would wait. */
static enum err add_entry(struct assets *assets, int directory, const char *path,
                          struct problem *problem)
{
    struct stat status;
    const char *name = strrchr(path, '/') + 1;
    if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return refuse(ERR_IO, path, "cannot be looked at", problem);
    if (S_ISDIR(status.st_mode))
        return add_directory(assets, directory, name, path, problem);
    return S_ISREG(status.st_mode) ? add_file(assets, directory, path, problem) : OK;
}

static size_t depth_of(const char *path)
{
    size_t depth = 0;
    for (; *path; path++)
        depth += *path == '/';
    return depth;
}

static enum err add_directory(struct assets *assets, int parent, const char *name, const char *path,
                              struct problem *problem)
{
    char below[ASSET_PATH_MAX + 1];
    int descriptor =
        openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (*path ? O_NOFOLLOW : 0));
    CLEANUP(close_directory) DIR *directory = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    if (!directory) {
        bool is_none = errno == ENOENT || errno == ENOTDIR;
        if (descriptor >= 0)
            (void)close(descriptor);
        return refuse(is_none ? ERR_NOT_FOUND : ERR_IO, *path ? path : name,
                      "is no directory that can be read", problem);
    }
    if (depth_of(path) > ASSETS_DEPTH_MAX)
        return refuse(ERR_LIMIT, path, "directories within directories beyond the limit", problem);
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) >= (int)sizeof(below))
            return refuse(ERR_LIMIT, path, "a name in it is too long", problem);
        TRY(add_entry(assets, descriptor, below, problem));
    }
    return OK;
}

/* NOLINTEND(misc-no-recursion) */

static int compare(const void *left, const void *right)
{
    return strcmp(((const struct asset *)left)->path, ((const struct asset *)right)->path);
}

enum err assets_open(const char *directory, struct assets **out, struct problem *problem)
{
    struct assets *assets = calloc(1, sizeof(*assets));
    if (!assets)
        abort();
    enum err err = add_directory(assets, AT_FDCWD, directory, "", problem);
    if (err != OK) {
        assets_free(assets);
        return err;
    }
    qsort(assets->rows, assets->count, sizeof(*assets->rows), compare);
    *out = assets;
    return OK;
}

const struct asset *assets_find(const struct assets *assets, struct bytes path)
{
    struct asset key = {0};
    if (path.size > ASSET_PATH_MAX || (path.size > 0 && memchr(path.data, 0, path.size)))
        return NULL;
    bytes_to_text(path, key.path, sizeof(key.path));
    return bsearch(&key, assets->rows, assets->count, sizeof(*assets->rows), compare);
}

size_t assets_count(const struct assets *assets)
{
    return assets->count;
}

void assets_free(struct assets *assets)
{
    for (size_t i = 0; assets && i < assets->count; i++) {
        free((void *)assets->rows[i].body.data);
        free((void *)assets->rows[i].gzip.data);
    }
    free(assets);
}
