/* files.c - whole small files, replaced at once or not at all. Declared in identity.h. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/identity.h"

enum { READ_SIZE = 64 << 10 };

static enum err system_problem(struct problem *problem, const char *what, const char *path)
{
    int number = errno;
    problem_set(problem, "cannot %s %s: %s", what, path, strerror(number));
    switch (number) {
    case ENOENT:
        problem_remedy(problem, "check the path");
        return ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        problem_remedy(problem, "run it as the user who owns the directory");
        return ERR_DENIED;
    case ENOSPC:
    case EDQUOT:
        problem_remedy(problem, "make room on the disk");
        return ERR_FULL;
    default:
        problem_remedy(problem, "look at the disk and at the system's log");
        return ERR_IO;
    }
}

static int write_all(int descriptor, struct bytes content)
{
    while (content.size > 0) {
        ssize_t written = write(descriptor, content.data, content.size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        content = bytes_of(content.data + written, content.size - (size_t)written);
    }
    return 0;
}

/* The name is durable only when its directory is. */
static int sync_directory_of(const char *path)
{
    char copy[PATH_MAX];
    int length = snprintf(copy, sizeof(copy), "%s", path);
    if (length < 0 || (size_t)length >= sizeof(copy)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int descriptor = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return -1;
    int rc = fsync(descriptor);
    int number = errno;
    close(descriptor);
    errno = number;
    return rc;
}

/* mkostemp: mode 0600, O_EXCL, and a name of its own for each of two writers. */
static int write_temporary(char *temporary, struct bytes content)
{
    int descriptor = mkostemp(temporary, O_CLOEXEC);
    if (descriptor < 0)
        return -1;
    int rc = write_all(descriptor, content);
    if (rc == 0)
        rc = fsync(descriptor);
    int number = errno;
    if (close(descriptor) != 0 && rc == 0) {
        rc = -1;
        number = errno;
    }
    if (rc != 0)
        unlink(temporary);
    errno = number;
    return rc;
}

enum err file_write(const char *path, struct bytes content, struct problem *problem)
{
    char temporary[PATH_MAX];
    int length = snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
    errno = ENAMETOOLONG;
    if (length < 0 || (size_t)length >= sizeof(temporary))
        return system_problem(problem, "write", path);
    if (write_temporary(temporary, content) != 0)
        return system_problem(problem, "write", path);
    if (rename(temporary, path) != 0) {
        enum err err = system_problem(problem, "replace", path);
        unlink(temporary);
        return err;
    }
    if (sync_directory_of(path) != 0)
        return system_problem(problem, "write the directory of", path);
    return OK;
}

static enum err read_all(int descriptor, const char *name, size_t size_max, struct buffer *out,
                         struct problem *problem)
{
    size_t before = out->size;
    for (;;) {
        size_t have = out->size - before;
        size_t wanted = size_max - have < READ_SIZE ? size_max - have + 1 : READ_SIZE;
        uint8_t *space = buffer_extend(out, wanted);
        ssize_t got = read(descriptor, space, wanted);
        int number = errno;
        out->size -= wanted - (got > 0 ? (size_t)got : 0);
        errno = number;
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            return OK;
        if (got < 0) {
            out->size = before;
            return system_problem(problem, "read", name);
        }
        if (out->size - before > size_max) {
            out->size = before;
            problem_set(problem, "%s is larger than %zu bytes", name, size_max);
            problem_remedy(problem, "split it");
            return ERR_LIMIT;
        }
    }
}

enum err file_read(const char *path, size_t size_max, struct buffer *out, struct problem *problem)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return system_problem(problem, "read", path);
    enum err err = read_all(descriptor, path, size_max, out, problem);
    close(descriptor);
    return err;
}

enum err file_read_stream(int descriptor, size_t size_max, struct buffer *out,
                          struct problem *problem)
{
    return read_all(descriptor, "standard input", size_max, out, problem);
}
