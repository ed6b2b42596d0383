/*
 * zap.c - see zap.h. A request is seven frames: version, id, domain, address, routing id,
 * mechanism and one credential for CURVE. libzmq waits for an answer to each, so each gets one; the
 * caller's User-Id is the key in hex.
 */
#include "io/zap.h"

#include <assert.h>
#include <stdlib.h>
#include <zmq.h>

#include "io/zsock_parts.h"

enum { REQUEST_FRAMES = 7, FRAME_SIZE_MAX = 255 };
enum { VERSION, REQUEST_ID, DOMAIN, ADDRESS, ROUTING_ID, MECHANISM, CREDENTIAL };

struct zap {
    zap_admits *admits;
    void *context;
    struct zpump *pump;
};

struct request {
    struct bytes frames[REQUEST_FRAMES];
    uint8_t data[REQUEST_FRAMES][FRAME_SIZE_MAX]; /* longer ones are cut, and so equal nothing */
    size_t count; /* may be above REQUEST_FRAMES: then it is malformed */
};

static bool request_read(void *socket, struct request *request)
{
    int more = 1;
    for (size_t at = 0; more; at++) {
        uint8_t spill[1];
        bool is_kept = at < REQUEST_FRAMES;
        int size = zmq_recv(socket, is_kept ? request->data[at] : spill,
                            is_kept ? FRAME_SIZE_MAX : sizeof(spill), ZMQ_DONTWAIT);
        if (size < 0)
            return false;
        size_t kept = (size_t)size > FRAME_SIZE_MAX ? FRAME_SIZE_MAX : (size_t)size;
        if (is_kept)
            request->frames[at] = bytes_of(request->data[at], kept);
        request->count = at + 1;
        size_t option_size = sizeof(more);
        if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &option_size) != 0)
            return false;
    }
    return true;
}

struct answer {
    const char *status, *text;
};

static struct answer judge(const struct zap *zap, const struct request *request)
{
    const struct bytes *frames = request->frames;
    if (request->count <= MECHANISM || !bytes_equal_text(frames[VERSION], "1.0"))
        return (struct answer){"500", "malformed request"};
    if (!bytes_equal_text(frames[MECHANISM], "CURVE"))
        return (struct answer){"400", "only CURVE"};
    if (!bytes_equal_text(frames[DOMAIN], ZSOCK_ZAP_DOMAIN))
        return (struct answer){"400", "another domain"};
    if (request->count != REQUEST_FRAMES || frames[CREDENTIAL].size != ZSOCK_KEY_SIZE)
        return (struct answer){"500", "malformed credential"};
    if (!zap->admits(zap->context, frames[CREDENTIAL]))
        return (struct answer){"400", "unknown or revoked key"};
    return (struct answer){"200", "OK"};
}

/* A part that cannot be sent leaves the requester without an answer; its handshake limit ends it.
 */
static void answer_send(void *socket, const struct request *request, struct answer answer)
{
    char key[ZSOCK_KEY_TEXT_SIZE] = "";
    if (answer.status[0] == '2')
        hex_text(request->frames[CREDENTIAL], key, sizeof(key));
    struct bytes id = request->count > REQUEST_ID ? request->frames[REQUEST_ID] : BYTES_NONE;
    const struct bytes parts[] = {
        bytes_of_text("1.0"), id,         bytes_of_text(answer.status), bytes_of_text(answer.text),
        bytes_of_text(key),   BYTES_NONE, /* no metadata */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        int flags = ZMQ_DONTWAIT | (i + 1 < ARRAY_LENGTH(parts) ? ZMQ_SNDMORE : 0);
        if (zmq_send(socket, parts[i].data, parts[i].size, flags) < 0)
            return;
    }
}

static bool on_receive(void *context, void *socket)
{
    const struct zap *zap = context;
    struct request request = {0};
    if (!request_read(socket, &request))
        return false;
    answer_send(socket, &request, judge(zap, &request));
    return true;
}

enum err zap_open(uv_loop_t *loop, struct zcontext *zcontext, zap_admits *admits, void *context,
                  struct zap **out)
{
    int zero = 0;
    void *socket = zmq_socket(zcontext->zmq, ZMQ_REP);
    if (!socket)
        return ERR_IO;
    if (zmq_setsockopt(socket, ZMQ_LINGER, &zero, sizeof(zero)) != 0 ||
        zmq_bind(socket, "inproc://zeromq.zap.01") != 0) {
        zmq_close(socket);
        return ERR_BUSY;
    }
    struct zap *zap = calloc(1, sizeof(*zap));
    if (!zap)
        abort();
    zap->admits = admits;
    zap->context = context;
    struct zpump_handlers handlers = {.context = zap, .receive = on_receive};
    enum err err = zpump_open(loop, socket, &handlers, &zap->pump);
    if (err != OK) {
        free(zap);
        return err;
    }
    *out = zap;
    return OK;
}

void zap_close(struct zap *zap)
{
    zpump_close(zap->pump);
    free(zap);
}
