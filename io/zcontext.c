/* zcontext.c - the one ZeroMQ context of a process, and CURVE keys. See zsock.h. */
#include <stdlib.h>
#include <sys/resource.h>
#include <zmq.h>

#include "io/zsock.h"
#include "io/zsock_parts.h"

enum {
    SOCKETS_MAX = 16384,
    MINOR_AND_PATCH_MIN = 303 /* 4.3.3: CVE-2020-15166 */,
    KEY_Z85_SIZE = 41
};

/* A connection is a descriptor, and the default of 1,024 is below the sessions we promise. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

enum err zcontext_open(struct zcontext **out)
{
    int major, minor, patch;
    zmq_version(&major, &minor, &patch);
    if (major != 4 || minor * 100 + patch < MINOR_AND_PATCH_MIN || !zmq_has("curve"))
        return ERR_DENIED;
    raise_descriptor_limit();
    void *zmq = zmq_ctx_new();
    if (!zmq)
        return ERR_IO;
    if (zmq_ctx_set(zmq, ZMQ_MAX_SOCKETS, SOCKETS_MAX) != 0) {
        zmq_ctx_term(zmq);
        return ERR_IO;
    }
    struct zcontext *context = malloc(sizeof(*context));
    if (!context)
        abort();
    context->zmq = zmq;
    *out = context;
    return OK;
}

void zcontext_close(struct zcontext *context)
{
    while (zmq_ctx_term(context->zmq) != 0 && zmq_errno() == EINTR)
        continue;
    free(context);
}

enum err zsock_keypair(uint8_t public_key[ZSOCK_KEY_SIZE], uint8_t secret_key[ZSOCK_KEY_SIZE])
{
    char public_text[KEY_Z85_SIZE], secret_text[KEY_Z85_SIZE];
    if (zmq_curve_keypair(public_text, secret_text) != 0)
        return ERR_IO;
    bool is_decoded =
        zmq_z85_decode(public_key, public_text) && zmq_z85_decode(secret_key, secret_text);
    explicit_bzero(secret_text, sizeof(secret_text));
    return is_decoded ? OK : ERR_IO;
}
