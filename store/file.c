/* file.c - see file.h. */
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_PATH_SIZE = 4096 + 64 };

enum err file_err(int error_number)
{
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ERR_FULL;
    case EACCES:
    case EPERM:
    case EROFS:
        return ERR_DENIED;
    case ENOENT:
        return ERR_NOT_FOUND;
    case EAGAIN:
        return ERR_BUSY;
    default:
        return ERR_IO;
    }
}

enum err file_path(const char *directory, const char *name, char *out, size_t out_size)
{
    int length = snprintf(out, out_size, "%s/%s", directory, name);
    return length < 0 || (size_t)length >= out_size ? ERR_LIMIT : OK;
}

enum err file_directory_sync(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return file_err(errno);
    enum err err = fsync(fd) == 0 ? OK : file_err(errno);
    close(fd);
    return err;
}

static enum err write_all(int fd, struct bytes bytes)
{
    while (bytes.size > 0) {
        ssize_t written = write(fd, bytes.data, bytes.size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return file_err(errno);
        bytes = bytes_of(bytes.data + written, bytes.size - (size_t)written);
    }
    return OK;
}

static enum err write_new(const char *path, struct bytes bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_err(errno);
    enum err err = write_all(fd, bytes);
    if (err == OK && fsync(fd) != 0)
        err = file_err(errno);
    if (close(fd) != 0 && err == OK)
        err = file_err(errno);
    return err;
}

enum err file_replace(const char *directory, const char *name, struct bytes bytes)
{
    char path[FILE_PATH_SIZE];
    char part[FILE_PATH_SIZE + sizeof(".part")];
    TRY(file_path(directory, name, path, sizeof(path)));
    (void)snprintf(part, sizeof(part), "%s.part", path);
    enum err err = write_new(part, bytes);
    if (err == OK && rename(part, path) != 0)
        err = file_err(errno);
    if (err != OK) {
        unlink(part);
        TRY(err);
    }
    return file_directory_sync(directory);
}

enum err file_read_small(const char *directory, const char *name, uint8_t *out, size_t out_size,
                         size_t *size)
{
    char path[FILE_PATH_SIZE];
    TRY(file_path(directory, name, path, sizeof(path)));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return file_err(errno);
    struct stat status;
    enum err err = OK;
    size_t have = 0;
    if (fstat(fd, &status) != 0)
        err = file_err(errno);
    else if (status.st_size < 0 || (size_t)status.st_size > out_size)
        err = ERR_LIMIT;
    while (err == OK && have < out_size) {
        ssize_t got = read(fd, out + have, out_size - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            err = file_err(errno);
        if (got <= 0)
            break;
        have += (size_t)got;
    }
    close(fd);
    if (err == OK)
        *size = have;
    return err;
}
