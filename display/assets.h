/*
 * assets.h - the files of the pages, read once from a directory (shell): found by exact name only,
 * so no path can lead elsewhere. Symbolic links, hidden files and files of other types are not in
 * it; x.gz beside x is x for those who take gzip.
 */
#pragma once

#include "base/bytes.h"

enum {
    ASSETS_MAX = 1000,
    ASSET_SIZE_MAX = 16 << 20,
    ASSETS_SIZE_MAX = 64 << 20, /* all of them: they stay in memory */
    ASSET_PATH_MAX = 255,
    ASSETS_DEPTH_MAX = 8,
    ASSET_TAG_SIZE = 2 + 32 + 1, /* a quoted half SHA-256 in hex and a NUL */
};

struct asset {
    char path[ASSET_PATH_MAX + 1]; /* "/css/wall.css" */
    const char *type;              /* "text/css; charset=utf-8" */
    struct bytes body, gzip;       /* gzip of size 0: there is none */
    char tag[ASSET_TAG_SIZE], gzip_tag[ASSET_TAG_SIZE];
    bool is_immutable; /* under /vendor/ or /fonts/: a new version has a new name */
};

struct assets;

/* ERR_NOT_FOUND: no directory; ERR_LIMIT: too many or too large. */
MUST_CHECK enum err assets_open(const char *directory, struct assets **out,
                                struct problem *problem);
const struct asset *assets_find(const struct assets *assets, struct bytes path); /* or NULL */
size_t assets_count(const struct assets *assets);
void assets_free(struct assets *assets);
DEFINE_CLEANUP(struct assets *, assets_free)
