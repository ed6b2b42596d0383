/* replay.c - feeds every file of a corpus folder to a fuzz target, where libFuzzer is not linked
 * in. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 2 << 20 };

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        (void)fprintf(stderr, "replay: cannot open %s\n", path);
        return 1;
    }
    uint8_t *data = malloc(INPUT_MAX);
    size_t size = data ? fread(data, 1, INPUT_MAX, file) : 0;
    (void)fclose(file);
    /* A copy of the exact size, so that the address sanitizer sees one byte too far. */
    uint8_t *exact = malloc(size + (size == 0));
    if (data && exact) {
        memcpy(exact, data, size);
        LLVMFuzzerTestOneInput(exact, size);
    }
    free(exact);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
        return 2;
    }
    DIR *folder = opendir(argv[1]);
    if (!folder) {
        (void)fprintf(stderr, "replay: no corpus folder %s\n", argv[1]);
        return 1;
    }
    int files = 0, failures = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        failures += replay_file(path);
        files++;
    }
    (void)closedir(folder);
    printf("%d corpus files replayed\n", files);
    return files == 0 || failures > 0; /* an empty corpus proves nothing */
}
