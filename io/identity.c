/* identity.c - see identity.h. Keys are made in keys.new and renamed to keys when complete: never
 * half a set. */
#include "io/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "io/zsock.h"

enum { KEY_SIZE = 32, KEY_TEXT_SIZE = 64 /* hex */, KEY_FILE_SIZE = 65, SETS_MAX = 1000 };

void identity_guard_process(void)
{
    struct rlimit none = {0, 0};
    umask(077);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    setrlimit(RLIMIT_CORE, &none);
    /* A write beyond a limit on file sizes is a full disk, not a death. */
    (void)signal(SIGXFSZ, SIG_IGN);
}

static enum err failed(struct problem *problem, const char *what, const char *path)
{
    int number = errno;
    problem_set(problem, "cannot %s %s: %s", what, path, strerror(number));
    problem_remedy(problem,
                   "run it as the user who owns the directory, on a disk that is not full");
    return number == ENOENT                       ? ERR_NOT_FOUND
           : number == EACCES || number == EPERM  ? ERR_DENIED
           : number == ENOSPC || number == EDQUOT ? ERR_FULL
                                                  : ERR_IO;
}

static enum err join(char out[PATH_MAX], const char *directory, const char *name,
                     struct problem *problem)
{
    int length = snprintf(out, PATH_MAX, "%s/%s", directory, name);
    if (length > 0 && length < PATH_MAX)
        return OK;
    problem_set(problem, "%s: the path is too long", directory);
    problem_remedy(problem, "choose a shorter directory");
    return ERR_LIMIT;
}

static enum err check_mode(const char *path, const struct stat *status, mode_t forbidden,
                           struct problem *problem)
{
    if ((status->st_mode & forbidden) == 0)
        return OK;
    problem_set(problem, "%s may be used by others (mode %04o)", path,
                (unsigned)(status->st_mode & 07777));
    problem_remedy(problem, "chmod %s %s", S_ISDIR(status->st_mode) ? "700" : "600", path);
    return ERR_DENIED;
}

static enum err check_directory(const char *path, struct problem *problem)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return failed(problem, "open", path);
    if (!S_ISDIR(status.st_mode)) {
        problem_set(problem, "%s is no directory", path);
        problem_remedy(problem, "name the directory that init made");
        return ERR_MALFORMED;
    }
    return check_mode(path, &status, 077, problem);
}

static enum err sync_directory(const char *path, struct problem *problem)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_synced = descriptor >= 0 && fsync(descriptor) == 0;
    enum err err = is_synced ? OK : failed(problem, "write", path);
    if (descriptor >= 0)
        close(descriptor);
    return err;
}

/* One line of hex; O_EXCL: a key is never written over. */
static enum err key_write(const char *directory, const char *name, const uint8_t key[KEY_SIZE],
                          struct problem *problem)
{
    char path[PATH_MAX], text[KEY_FILE_SIZE];
    TRY(join(path, directory, name, problem));
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return failed(problem, "create", path);
    hex_text(bytes_of(key, KEY_SIZE), text, sizeof(text));
    text[KEY_FILE_SIZE - 1] = '\n';
    bool is_written =
        write(descriptor, text, sizeof(text)) == (ssize_t)sizeof(text) && fsync(descriptor) == 0;
    enum err err = is_written ? OK : failed(problem, "write", path);
    explicit_bzero(text, sizeof(text));
    close(descriptor);
    return err;
}

static enum err key_read(const char *directory, const char *name, uint8_t key[KEY_SIZE],
                         struct problem *problem)
{
    char path[PATH_MAX];
    uint8_t text[KEY_FILE_SIZE + 1];
    struct stat status;
    TRY(join(path, directory, name, problem));
    int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0)
        return failed(problem, "read", path);
    enum err err = fstat(descriptor, &status) == 0 ? OK : failed(problem, "read", path);
    ssize_t size = err == OK ? read(descriptor, text, sizeof(text)) : 0;
    close(descriptor);
    if (err == OK && strstr(name, ".secret"))
        err = check_mode(path, &status, 0177, problem);
    CLEANUP(buffer_release) struct buffer bytes = {0};
    if (err == OK && (size < KEY_TEXT_SIZE || size > KEY_FILE_SIZE ||
                      (size == KEY_FILE_SIZE && text[KEY_FILE_SIZE - 1] != '\n') ||
                      hex_decode(bytes_of(text, KEY_TEXT_SIZE), &bytes) != OK)) {
        problem_set(problem, "%s is not a key of %d hexadecimal digits", path, KEY_TEXT_SIZE);
        problem_remedy(problem, "restore it from the backup of the keys, or enrol anew");
        err = ERR_CORRUPT;
    }
    if (err == OK)
        memcpy(key, bytes.data, KEY_SIZE);
    if (bytes.size > 0)
        explicit_bzero(bytes.data, bytes.size);
    explicit_bzero(text, sizeof(text));
    return err;
}

static enum err keys_write(const char *keys, struct problem *problem)
{
    uint8_t public_key[KEY_SIZE], secret_key[KEY_SIZE];
    enum err err = zsock_keypair(public_key, secret_key);
    if (err == OK)
        err = key_write(keys, "curve.public", public_key, problem);
    if (err == OK)
        err = key_write(keys, "curve.secret", secret_key, problem);
    if (err == OK)
        err = sign_keypair(public_key, secret_key);
    if (err == OK)
        err = key_write(keys, "sign.public", public_key, problem);
    if (err == OK)
        err = key_write(keys, "sign.secret", secret_key, problem);
    explicit_bzero(secret_key, sizeof(secret_key));
    if (err == OK)
        err = sync_directory(keys, problem);
    return err;
}

/* Renames a keys.new that a crash left behind to the first free keys.N; key material is never
 * deleted. */
static enum err set_aside(const char *directory, const char *fresh, struct problem *problem)
{
    char kept[PATH_MAX], name[32];
    for (int i = 1; i <= SETS_MAX; i++) {
        (void)snprintf(name, sizeof(name), "keys.%d", i);
        TRY(join(kept, directory, name, problem));
        if (access(kept, F_OK) == 0)
            continue;
        if (rename(fresh, kept) == 0 || errno == ENOENT)
            return OK;
        break;
    }
    return failed(problem, "set aside", fresh);
}

static enum err keys_make(const char *directory, const char *keys, struct problem *problem)
{
    char fresh[PATH_MAX];
    TRY(join(fresh, directory, "keys.new", problem));
    TRY(set_aside(directory, fresh, problem));
    if (mkdir(fresh, 0700) != 0)
        return failed(problem, "create", fresh);
    TRY(keys_write(fresh, problem));
    if (rename(fresh, keys) != 0) /* fails where keys have come meanwhile */
        return failed(problem, "create", keys);
    return sync_directory(directory, problem);
}

enum err identity_create(const char *directory, struct problem *problem)
{
    char keys[PATH_MAX];
    mode_t before = umask(077);
    int rc = mkdir(directory, 0700);
    umask(before);
    if (rc != 0 && errno != EEXIST)
        return failed(problem, "create", directory);
    TRY(check_directory(directory, problem));
    TRY(join(keys, directory, "keys", problem));
    if (access(keys, F_OK) == 0) {
        problem_set(problem, "%s holds keys already", directory);
        problem_remedy(problem, "use another directory; keys are never written over");
        return ERR_BUSY;
    }
    return keys_make(directory, keys, problem);
}

/* The public halves are what others know us by: they must belong to the secrets. */
static bool curve_fits(const struct identity *identity)
{
    char secret_text[41], public_text[41];
    uint8_t public_key[KEY_SIZE];
    bool fits = zmq_z85_encode(secret_text, identity->curve_secret, KEY_SIZE) &&
                zmq_curve_public(public_text, secret_text) == 0 &&
                zmq_z85_decode(public_key, public_text) &&
                memcmp(public_key, identity->curve_public, KEY_SIZE) == 0;
    explicit_bzero(secret_text, sizeof(secret_text));
    return fits;
}

static bool sign_fits(const struct identity *identity)
{
    uint8_t signature[SIGN_SIGNATURE_SIZE];
    struct bytes message = bytes_of_text("is this my key?");
    CLEANUP(verifier_close) struct verifier *verifier = NULL;
    return verifier_open(identity->sign_public, &verifier) == OK &&
           signer_sign(identity->signer, message, signature) == OK &&
           verifier_accepts(verifier, message, bytes_of(signature, sizeof(signature)));
}

static enum err keys_read(const char *keys, struct identity *out, struct problem *problem)
{
    uint8_t sign_secret[KEY_SIZE];
    TRY(key_read(keys, "curve.public", out->curve_public, problem));
    TRY(key_read(keys, "curve.secret", out->curve_secret, problem));
    TRY(key_read(keys, "sign.public", out->sign_public, problem));
    TRY(key_read(keys, "sign.secret", sign_secret, problem));
    enum err err = signer_open(sign_secret, &out->signer);
    explicit_bzero(sign_secret, sizeof(sign_secret));
    TRY(err);
    if (curve_fits(out) && sign_fits(out))
        return OK;
    problem_set(problem, "%s: a public key does not belong to its secret key", keys);
    problem_remedy(problem, "restore the directory from the backup of the keys, or enrol anew");
    return ERR_CORRUPT;
}

enum err identity_open(const char *directory, struct identity *out, struct problem *problem)
{
    char keys[PATH_MAX];
    struct identity identity = {0};
    TRY(check_directory(directory, problem));
    TRY(join(keys, directory, "keys", problem));
    TRY(check_directory(keys, problem));
    enum err err = keys_read(keys, &identity, problem);
    if (err == OK)
        *out = identity;
    else
        identity_close(&identity);
    explicit_bzero(&identity, sizeof(identity));
    TRY(err);
    /* Best effort, as is the limit on locked memory: secrets stay out of the swap. */
    (void)!mlock(out->curve_secret, sizeof(out->curve_secret));
    return OK;
}

void identity_close(struct identity *identity)
{
    if (identity->signer)
        signer_close(identity->signer);
    explicit_bzero(identity, sizeof(*identity));
}
